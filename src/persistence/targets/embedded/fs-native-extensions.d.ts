/** The package ships no types; this is the one function of it that is used here. */
declare module 'fs-native-extensions' {
  /** Takes the kernel's exclusive lock on the open file; false when someone else holds it. */
  export function tryLock(fd: number): boolean;
}
