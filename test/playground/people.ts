/** Who is in the organization of the Playground. It wants six people; the first sits at the browser. */

export interface Person {
  name: string;
  /** As the Connector names people to a bot. */
  id: string;
  /** Entra object id. */
  aadObjectId: string;
  email: string;
}

const person = (name: string, n: number): Person => {
  const first = name.split(' ')[0]!.toLowerCase();
  return {
    name,
    id: `29:${first}`,
    aadObjectId: `a0000000-0000-4000-8000-00000000000${n}`,
    email: `${first}@example.com`,
  };
};

export const people = ['Ann Archer', 'Bob Baker', 'Cleo Carter', 'Dan Diaz', 'Eve Evans', 'Fay Foster'].map(person);
export const [ann, bob] = people as [Person, Person, ...Person[]];

export const tenant = 'b0000000-0000-4000-8000-000000000001';
/** The Entra group of those who may approve. */
export const managers = 'c0000000-0000-4000-8000-000000000001';
/** The channel where cards go. */
export const channel = '19:releases@thread.tacv2';
export const channelName = 'Releases';
