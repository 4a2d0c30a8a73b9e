import { readdir, readlink, rm, symlink } from 'node:fs/promises'
import { dirname, join, relative } from 'node:path'

/**
 * Makes the absolute links below `root` relative. Packages are made for `/`: unpacked elsewhere, `/etc/x` is to mean `<root>/etc/x`, and
 * not what this machine happens to have there.
 */
export async function relink(root: string): Promise<void> {
  for await (const path of linksBelow(root)) {
    const target = await readlink(path)
    if (!target.startsWith('/')) continue
    await rm(path)
    await symlink(relative(dirname(path), join(root, target)), path)
  }
}

/** Links are not followed: they may lead out of `folder`. */
async function* linksBelow(folder: string): AsyncGenerator<string> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isSymbolicLink()) yield path
    else if (entry.isDirectory()) yield* linksBelow(path)
  }
}
