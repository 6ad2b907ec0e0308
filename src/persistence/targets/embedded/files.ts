import { chmod, mkdir, open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a folder, and those above it, where it is missing. Node's own recursive `mkdir` never returns where the
 * file system answers ENOENT although the folder above is there, as below /proc.
 * @returns whether it was made now; whether what was there is a folder is left to the caller
 */
export async function makeFolder(dir: string): Promise<boolean> {
  try {
    return await makeOne(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dir === dirname(dir)) throw error;
    await makeFolder(dirname(dir));
    return makeOne(dir);
  }
}

function makeOne(dir: string): Promise<boolean> {
  return mkdir(dir).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

/** Makes a folder that other users may go through, whatever our umask is. One that exists is left as it is. */
export async function makeReachable(dir: string): Promise<void> {
  if (await makeFolder(dir)) await chmod(dir, 0o711);
}

/** Makes names that were created, renamed or removed in a folder outlive a power failure. */
export async function syncFolder(dir: string): Promise<void> {
  const folder = await open(dir, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The file is there with all of its content, readable by us only, or not at all. */
export async function writeSecret(path: string, content: string): Promise<void> {
  const unfinished = `${path}.new`;
  const file = await open(unfinished, 'w', 0o600);
  try {
    await file.chmod(0o600);
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  await syncFolder(dirname(path));
}
