import { pipeline, Readable } from 'node:stream'
import type { ReadableStream as NodeWebStream } from 'node:stream/web'
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib'
import { ResponseBody } from './response-body.ts'

/** More codings than this on top of each other are an attack. */
const CODINGS_MAX = 5

type Decoder = NodeJS.ReadWriteStream | typeof inflate

/** As browsers do, and undici: what has come of a body that was cut is given, and the end forgiven. */
const FORGIVING = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH }
const FORGIVING_BROTLI = {
  flush: constants.BROTLI_OPERATION_FLUSH,
  finishFlush: constants.BROTLI_OPERATION_FLUSH,
}

const DECODERS: ReadonlyMap<string, () => Decoder> = new Map<string, () => Decoder>([
  ['gzip', () => createGunzip(FORGIVING)],
  ['x-gzip', () => createGunzip(FORGIVING)],
  ['deflate', () => inflate],
  ['br', () => createBrotliDecompress(FORGIVING_BROTLI)],
  ['zstd', () => createZstdDecompress()],
])

/** `body` without its `content-encoding`; as it is if that is not known. Throws for more codings than anybody needs. */
export function decodedBody(body: ResponseBody, encoding: string | undefined): ResponseBody {
  if (encoding === undefined) return body
  // Several fields of that name come as a list.
  const codings = [encoding].flat().join(',').toLowerCase().split(',')
  if (codings.length > CODINGS_MAX)
    throw new Error(`An answer has ${codings.length} content codings: at most ${CODINGS_MAX} are taken`)
  const decoders = codings.toReversed().flatMap(coding => DECODERS.get(coding.trim())?.() ?? [])
  return decoders.length === codings.length ? through(body, decoders) : body
}

function through(body: ResponseBody, decoders: readonly Decoder[]): ResponseBody {
  const coded = Readable.fromWeb(body.stream() as NodeWebStream)
  const output = pipeline([coded, ...decoders], error => {
    if (error) decoded.onError(brokenOff(error))
  }) as unknown as Readable
  const decoded = new ResponseBody({
    pause: () => void output.pause(),
    resume: () => void output.resume(),
    cancel: reason => void coded.destroy(reason),
  })
  // The pipeline is done before the last of it is read.
  output.on('data', (chunk: Buffer) => decoded.onData(chunk)).once('end', () => decoded.onEnd())
  return decoded
}

/** What went wrong on the way is told as it is, what is wrong with the bytes as fetch tells it. */
function brokenOff(error: unknown): unknown {
  return error instanceof Error && 'errno' in error ? new TypeError('terminated', { cause: error }) : error
}

/** Some servers take `deflate` for the bare format and some, rightly, for that of zlib: the first byte tells. */
async function* inflate(coded: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const chunks = coded[Symbol.asyncIterator]()
  const { value: first, done } = await chunks.next()
  if (done === true) return
  const isZlib = ((first[0] ?? 0) & 0x0f) === 0x08
  const all = async function* () {
    yield first
    yield* { [Symbol.asyncIterator]: () => chunks }
  }
  yield* pipeline(all, isZlib ? createInflate(FORGIVING) : createInflateRaw(FORGIVING), ignore)
}

/** Whoever reads hears of it. */
function ignore(): void {}
