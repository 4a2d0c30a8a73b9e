import { parseSource, type SourceFile } from '../../../tools/tidy/source-file.ts'

/** Sources made up for a test: path → text. */
export function sample(texts: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(texts).map(([path, text]) => parseSource(path, text))
}
