import { describe, expect, it } from 'vitest';
import type { Asked } from '../../../src/asked.ts';
import { TransientError } from '../../../src/errors.ts';
import type { Reply } from '../../../src/release/view.ts';
import { cardButtons, cardInputs, cardText } from '../../servers/teams/card-reading.ts';
import type { Json } from '../../servers/teams/json.ts';
import { no, yes } from '../replies.ts';
import { dm, mention, press, submit } from './activities.ts';
import { ann, bob, gate, guest, prod, type Running, running, type Setup, type Told } from './setup.ts';

const filled = { form: 'deploy', service: 'payments', version: ' 2.4.1 ', environment: 'prod', reason: 'CVE' };
const fill = (more: object = {}, from = ann) => press({ ...filled, ...more }, { from, verb: 'deploy', card: '1711' });

/** A bare mention brings the form; `script` judges what comes of it. */
const withForm = (script: (it: Asked) => Promise<Reply> | Reply = () => yes('Accepted'), setup: Setup = {}): Running =>
  running({ ...setup, script: (it) => (it.text === '' ? yes('', { form: true }) : script(it)) });

const cardOf = ({ body }: Told): Json => {
  expect(body).toMatchObject({ statusCode: 200, type: 'application/vnd.microsoft.card.adaptive' });
  return body!.value as Json;
};
const textOf = (told: Told): string => cardText(cardOf(told)).join('\n');

describe('the form behind a bare mention', () => {
  it('stands in the thread, with the names of the catalog', async () => {
    const { hear } = withForm();
    const [seen, ...more] = await hear(mention('', { thread: '1711' }));
    expect([seen, more]).toMatchObject([{ how: 'posted', where: `${prod};messageid=1711` }, []]);
    const inputs = cardInputs({ ...seen!.sent.card });
    expect(inputs.map((it) => it.id)).toEqual(['service', 'version', 'environment', 'strategy', 'reason']);
    expect(cardButtons({ ...seen!.sent.card })).toMatchObject([{ label: 'Deploy', verb: 'deploy' }]);
  });

  it('comes once, however often Teams tells of the mention', async () => {
    const { hear } = withForm();
    const bare = mention('');
    expect([await hear(bare), await hear(bare)]).toMatchObject([[{ how: 'posted' }], []]);
  });

  it('is not shown to a guest, who is told why', async () => {
    const { hear } = withForm();
    const [seen, ...more] = await hear(mention('', { from: guest }));
    expect([seen, more]).toMatchObject([{ how: 'whispered', words: expect.stringContaining('Guests do not') }, []]);
    expect(JSON.stringify(seen!.sent)).not.toContain('payments');
  });

  it('says how to begin when the catalog is empty', async () => {
    const { hear } = withForm(undefined, { services: [] });
    expect(await hear(dm(''))).toMatchObject([{ words: expect.stringContaining('release.yaml') }]);
  });

  it('becomes a typed command; its answer stands in its place, for whoever pressed and for everybody', async () => {
    const { tell, asked, app, teams } = withForm(() => yes('Accepted as payments-7f3'));
    const activity = fill({ strategy: 'canary' });
    const told = await tell(activity);
    expect(asked).toMatchObject([
      {
        command: {
          verb: 'deploy',
          target: { service: 'payments', environment: 'prod' },
          version: '2.4.1',
          strategy: 'canary',
          reason: 'CVE',
        },
        actor: { id: ann.aadObjectId },
        via: 'form',
        key: `teams:${prod};messageid=1711:${activity.id}`,
      },
    ]);
    expect(textOf(told)).toMatch(/Accepted as payments-7f3\n.*Ann/);
    await app.stop();
    expect(teams.seen).toMatchObject([{ how: 'updated', where: `${prod};messageid=1711`, id: '1711' }]);
    expect(teams.seen[0]!.words).toBe(textOf(told));
  });

  it('leaves out what nobody filled in, and a strategy that there is not', async () => {
    const { tell, asked } = withForm();
    await tell(press({ form: 'deploy', service: 'payments', strategy: 'yolo', version: { a: 1 } }, { verb: 'deploy' }));
    expect(asked[0]!.command).toEqual({
      verb: 'deploy',
      target: { service: 'payments', environment: '' },
      version: '',
    });
  });

  it('stays when it is refused, with why on top and with what was typed', async () => {
    const { tell, app, teams } = withForm(() => no('unknown-version', 'There is no payments 2.4.9', 'Nearest: 2.4.1.'));
    const told = await tell(fill({ version: '2.4.9' }));
    expect(textOf(told)).toMatch(/There is no payments 2\.4\.9\n.*Nearest: 2\.4\.1/);
    const given = Object.fromEntries(cardInputs(cardOf(told)).map(({ id, value }) => [id, value]));
    expect(given).toMatchObject({ service: 'payments', version: '2.4.9', environment: 'prod', reason: 'CVE' });
    await app.stop();
    expect(teams.seen).toEqual([]);
  });

  it('does not show a guest who presses its button what can be released', async () => {
    const { tell } = withForm();
    const { body } = await tell(fill({}, guest));
    expect(body).toMatchObject({ type: 'application/vnd.microsoft.activity.message' });
    expect(body!.value).toContain('Guests do not release');
  });

  it('stays and says that nothing will happen when the ledger is down', async () => {
    const { tell } = withForm(() => Promise.reject(new TransientError('the ledger does not answer')));
    expect(textOf(await tell(fill()))).toContain('Not accepted, nothing will happen');
  });

  it('of a slow ledger is answered in time, and replaced when it was accepted', async () => {
    const ledger = gate<Reply>();
    const { tell, app, teams } = withForm(() => ledger.opened, { patienceMs: 30 });
    expect((await tell(fill())).body!.value).toContain('Not accepted yet');
    ledger.open(yes('Accepted as payments-7f3'));
    await app.stop();
    expect(teams.seen).toMatchObject([
      { how: 'updated', id: '1711', words: expect.stringContaining('Accepted as') },
      { how: 'whispered', person: ann.id, words: expect.stringContaining('Accepted as') },
    ]);
  });

  it('of a slow ledger is left as it is when it was refused', async () => {
    const ledger = gate<Reply>();
    const { tell, app, teams } = withForm(() => ledger.opened, { patienceMs: 30 });
    await tell(fill({}, bob));
    ledger.open(no('frozen', 'prod is frozen'));
    await app.stop();
    expect(teams.seen).toMatchObject([{ how: 'whispered', person: bob.id, words: '❌ prod is frozen' }]);
  });

  it('accepted stays accepted when Teams does not show the answer', async () => {
    const { tell, app, teams } = withForm(() => yes('Accepted as payments-7f3'));
    teams.fails.set('update', new TransientError('Teams does not answer'));
    expect(textOf(await tell(fill()))).toContain('Accepted as payments-7f3');
    await app.stop();
  });

  it('from a client that knows Action.Submit only is replaced too, and answered privately', async () => {
    const { hear, asked } = withForm(() => yes('Accepted as payments-7f3'));
    const seen = await hear(submit(filled, { card: '1711' }));
    expect(asked).toMatchObject([{ via: 'form', command: { version: '2.4.1' } }]);
    expect(seen.map((it) => it.how).sort()).toEqual(['updated', 'whispered']);
  });
});
