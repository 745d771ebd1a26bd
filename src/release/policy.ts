import type { Catalog, Role } from '../config/catalog.ts';
import type { Permission } from '../config/catalog-schema.ts';
import { type Refusal, refuse } from '../errors.ts';
import type { Principal } from '../ports.ts';
import type { Target } from './command.ts';
import type { Person } from './event.ts';
import { isSamePerson, mayBeSamePerson } from './person.ts';
import type { Release } from './release.ts';

/** Where a permission is asked for. No service: the whole environment. Neither: everywhere (`doctor`). */
export interface Where {
  environment?: string;
  service?: string;
}

/** A role holds somebody by an address, a group of a platform, or because a token carries it. */
export function holds(name: string, role: Role, who: Principal): boolean {
  const emails = new Set(who.emails.map((email) => email.toLowerCase()));
  return (
    who.roles.includes(name) ||
    role.emails.some((email) => emails.has(email)) ||
    role.groups.some((group) => who.groups.includes(group))
  );
}

/**
 * A role that is asked about a whole environment must hold for every service that lives there. What has left the catalog
 * belongs to roles that hold for everything in it: a release that is under way there must not be out of reach.
 */
function covers(catalog: Catalog, role: Role, { environment, service }: Where): boolean {
  const isKnown = environment !== undefined && Object.hasOwn(catalog.environments, environment);
  const environments = isKnown ? [environment] : Object.keys(catalog.environments);
  const services = service === undefined ? livingIn(catalog, environments) : meantBy(catalog, service);
  return environments.every((name) => role.in.includes(name)) && services.every((name) => role.for.includes(name));
}

const meantBy = (catalog: Catalog, service: string): string[] =>
  Object.hasOwn(catalog.services, service) ? [service] : Object.keys(catalog.services);

const livingIn = (catalog: Catalog, environments: string[]): string[] =>
  Object.values(catalog.services)
    .filter(({ targets }) => environments.some((name) => Object.hasOwn(targets, name)))
    .map(({ name }) => name);

/** Deny by default: somebody may do what a role that holds them says, where it says. */
export function may(catalog: Catalog, who: Principal, permission: Permission, where: Where): boolean {
  return Object.entries(catalog.roles).some(
    ([name, role]) => role.may.includes(permission) && covers(catalog, role, where) && holds(name, role, who),
  );
}

/** Names of the roles that would do, for people who are told no. */
export function rolesThatMay(catalog: Catalog, permission: Permission, where: Where): string[] {
  const able = Object.entries(catalog.roles).filter(
    ([, role]) => role.may.includes(permission) && covers(catalog, role, where),
  );
  return able.map(([name]) => name).sort();
}

const inWords = (permission: Permission): string =>
  (({ rollback: 'roll back', admin: 'administer' }) as Record<string, string>)[permission] ?? permission;

const whereWords = (where: Where): string =>
  [where.service, where.environment].filter(Boolean).join(' in ') || 'this installation';

/** Undefined when they may; else a refusal that says why and who can. */
export function permit(catalog: Catalog, who: Principal, permission: Permission, where: Where): Refusal | undefined {
  if (may(catalog, who, permission, where)) return undefined;
  const able = rolesThatMay(catalog, permission, where);
  const hint =
    able.length > 0
      ? `Ask somebody with the role ${able.join(' or ')}.`
      : `No role may ${inWords(permission)} there; an admin can add one to the catalog.`;
  return refuse('not-entitled', `${who.name} may not ${inWords(permission)} ${whereWords(where)}.`, hint);
}

/** Whether this yes counts: entitled, a person, neither the requester nor an author, and not counted already. */
export function judgeApproval(catalog: Catalog, release: Release, who: Principal): Refusal | undefined {
  const target: Target = release.target;
  const from = release.plan?.approvals.from ?? [];
  const others = from.length > 0 ? from : rolesThatMay(catalog, 'approve', target);
  const ask =
    others.length > 0
      ? `Somebody with the role ${others.join(' or ')} can.`
      : 'No role may approve there; an admin can add one to the catalog.';
  if (who.token) return refuse('token-cannot', 'A token cannot approve: an approval is a person’s.', ask);
  if (mayBeSamePerson(release.by, who))
    return refuse(
      'self-approval',
      `${release.id} was requested by ${you(release.by, who)}, so somebody else must approve it.`,
      ask,
    );
  if (release.onBehalfOf !== undefined && isMeant(release.onBehalfOf, who))
    return refuse(
      'self-approval',
      `${release.id} was asked for on your behalf, so somebody else must approve it.`,
      ask,
    );
  if (isAuthor(release, who))
    return refuse(
      'self-approval',
      `You are an author of the change in ${release.id}, so somebody else must approve it.`,
      ask,
    );
  if (!may(catalog, who, 'approve', target) || !inOneOf(catalog, from, who)) {
    return refuse('not-entitled', `${who.name} may not approve ${target.service} in ${target.environment}.`, ask);
  }
  const yes = release.approvals.find((one) => mayBeSamePerson(one.by, who));
  if (!yes) return undefined;
  const say = `${release.id} was approved already by ${you(yes.by, who)}.`;
  return refuse('already-decided', say, 'It waits for somebody else.');
}

/** Two people may share an address that a directory has for both: they need to know why they count as one. */
const you = (person: Person, who: Principal): string =>
  isSamePerson(person, who) ? 'you' : `${person.name}, who has an address in common with you`;

/** The address in `Bob Builder <bob@example.com>`, as git writes people, or the text as it is. */
const addressIn = (text: string): string => (/<([^<>]+)>\s*$/.exec(text)?.[1] ?? text).trim().toLowerCase();

/** Whether a word for somebody (an address, however it is written, or an id) may mean this person. */
function isMeant(word: string, who: Principal): boolean {
  const meant = addressIn(word);
  return [who.principal, who.actor.id, ...who.emails, ...(who.aliases ?? [])].some(
    (own) => own.toLowerCase() === meant,
  );
}

const isAuthor = (release: Release, who: Principal): boolean =>
  (release.change?.authors ?? []).some((author) => isMeant(author, who));

/** Whether this no counts. Stopping is safe: authors and those who said yes before may do it as well. */
export function judgeRejection(catalog: Catalog, release: Release, who: Principal): Refusal | undefined {
  if (isSamePerson(release.by, who)) return undefined;
  const { target } = release;
  const able = rolesThatMay(catalog, 'approve', target);
  const ask = able.length > 0 ? `Somebody with the role ${able.join(' or ')} can.` : 'Whoever asked for it can.';
  if (who.token) return refuse('token-cannot', 'A token cannot reject: that is for people.', ask);
  if (may(catalog, who, 'approve', target)) return undefined;
  return refuse('not-entitled', `${who.name} may not reject ${target.service} in ${target.environment}.`, ask);
}

const inOneOf = (catalog: Catalog, roles: string[], who: Principal): boolean =>
  roles.length === 0 || roles.some((name) => catalog.roles[name] && holds(name, catalog.roles[name], who));
