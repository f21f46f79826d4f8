/**
 * What two names have in common that a file system takes for one where case does not matter. Rather
 * too much than too little: a collision too many is a message, one too few is a lost file.
 */
export function foldCase(name: string): string {
  // To upper case first: `ß` and `ss` are one to APFS.
  return name.toUpperCase().toLowerCase().normalize('NFC');
}
