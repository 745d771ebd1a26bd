/** Prints a measured figure. Stories only hold upper bounds that any machine keeps; what it really took is for reading. */
export function figure(what: string, ms: number): number {
  console.info(`${what}: ${Math.round(ms)} ms`);
  return ms;
}
