const label = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
// A first part counts as a host only with a dot, a port, or as localhost, as Docker reads it.
const host = `(?:localhost(?::\\d+)?|${label}(?:\\.${label})+(?::\\d+)?|${label}:\\d+|\\[[0-9a-fA-F:]+\\](?::\\d+)?)`;
const part = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';

/** `registry.example.com:5000` and nothing else. */
export const registryHostForm = new RegExp(`^${host}$`);
/** `registry.example.com/team/payments`: a repository with its registry, without tag and digest. */
export const imageNameForm = new RegExp(`^${host}(?:/${part})+$`);
/** What may follow the colon of an image. */
export const tagForm = /^\w[\w.-]{0,127}$/;
export const digestForm = /^sha256:[0-9a-f]{64}$/;

/** What to write instead of something that is no image name. */
export function imageNameFix(text: string): string {
  const bare = text.replace(/@sha256:.*$/, '').replace(/:[\w.-]+$/, '');
  if (imageNameForm.test(bare)) return `Leave the version out, people name it when they deploy: ${bare}.`;
  const plain = new RegExp(`^${part}(?:/${part})*$`);
  if (!plain.test(bare)) return 'Write registry and repository, such as registry.example.com/payments.';
  return `Name the registry, too: docker.io/${bare.includes('/') ? bare : `library/${bare}`}.`;
}

/** `registry.example.com/team/payments` → its registry and repository. */
export function splitImageName(image: string): { host: string; repository: string } {
  const slash = image.indexOf('/');
  return { host: image.slice(0, slash), repository: image.slice(slash + 1) };
}
