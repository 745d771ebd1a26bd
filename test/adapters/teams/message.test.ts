import { describe, expect, it } from 'vitest';
import { TransientError } from '../../../src/errors.ts';
import type { Reply } from '../../../src/release/view.ts';
import { answer, no, yes } from '../replies.ts';
import { added, called, dm, inGroup, mention } from './activities.ts';
import { acme, ann, bob, gate, prod, quiet, running, saysNo, us } from './setup.ts';

const open = (title: string) => yes(title, { private: false });

describe('what people write to us in Teams', () => {
  it('a mention in a channel is asked, and answered in its thread', async () => {
    const { hear, asked, remembered } = running({ script: () => open('Serving 2.4.0') });
    const message = mention('status payments', { thread: '1711' });
    const seen = await hear(message);
    expect(asked).toEqual([
      {
        text: 'status payments',
        actor: { surface: 'teams', tenant: acme, id: ann.aadObjectId, name: 'Ann' },
        from: { surface: 'teams', tenant: acme, channel: prod, thread: '1711' },
        via: 'mention',
        key: `teams:${prod};messageid=1711:${message.id}`,
      },
    ]);
    expect(seen).toMatchObject([{ how: 'posted', where: `${prod};messageid=1711`, words: '✅ Serving 2.4.0' }]);
    expect(remembered).toEqual([`${prod};messageid=1711`]);
  });

  it('what is for one person only that person sees, also in a thread of others', async () => {
    const { hear } = running({ script: () => no('not-entitled', 'You may not', 'Ask release-managers.') });
    expect(await hear(mention('deploy payments 2 to prod', { from: bob, thread: '1711' }))).toMatchObject([
      {
        how: 'whispered',
        where: `${prod};messageid=1711`,
        person: bob.id,
        words: '❌ You may not\n→ Ask release-managers.',
      },
    ]);
  });

  it('a chat with us alone needs no mention, and everything in it is private as it is', async () => {
    const { hear, asked } = running({ script: () => yes('Accepted as payments-7f3') });
    const seen = await hear(dm('deploy payments 2 to prod'));
    expect(asked).toMatchObject([{ text: 'deploy payments 2 to prod', via: 'message', direct: true }]);
    expect(asked[0]!.from).toEqual({ surface: 'teams', tenant: acme, channel: 'a:Ann' });
    expect(seen).toMatchObject([{ how: 'posted', where: 'a:Ann' }]);
  });

  it('a channel is known by its conversation where Teams does not name it', async () => {
    const { hear, asked } = running();
    await hear({ ...mention('status', { thread: '1711' }), channelData: { tenant: { id: acme } } });
    expect(asked[0]!.from).toEqual({ surface: 'teams', tenant: acme, channel: prod, thread: '1711' });
  });

  it('a group chat is heard where we are mentioned', async () => {
    const { hear, asked } = running({ script: () => open('Serving 2.4.0') });
    const seen = await hear({ ...mention('status'), ...inGroup });
    expect(asked).toMatchObject([{ text: 'status', via: 'mention', from: { channel: '19:group@thread.v2' } }]);
    expect(asked[0]).not.toHaveProperty('direct');
    expect(seen).toMatchObject([{ how: 'posted', where: '19:group@thread.v2' }]);
  });

  it.each([
    ['without a mention', []],
    ['that mention somebody else', [{ type: 'mention', text: '<at>Bob</at>', mentioned: bob }]],
    ['that only look like a mention', [{ type: 'clientInfo', mentioned: us }]],
  ])('messages of channels and groups %s are not for us', async (_what, entities) => {
    const { hear, asked } = running();
    expect(await hear({ ...mention('deploy payments 2 to prod'), entities })).toEqual([]);
    expect(await hear({ ...mention('deploy payments 2 to prod'), ...inGroup, entities })).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('a message that was edited does nothing', async () => {
    const { hear, asked } = running();
    expect(await hear({ ...mention('deploy payments 2 to prod'), type: 'messageUpdate' })).toEqual([]);
    expect(asked).toEqual([]);
  });

  it('is acknowledged when what was asked is durable, not before', async () => {
    const ledger = gate<Reply>();
    const { tell, asked, app } = running({ script: () => ledger.opened });
    let acknowledged = false;
    const told = tell(mention('deploy payments 2 to prod')).then((it) => {
      acknowledged = true;
      return it;
    });
    await expect.poll(() => asked.length).toBe(1);
    expect(acknowledged).toBe(false);
    ledger.open(yes('Accepted'));
    expect(await told).toEqual({ status: 200 });
    await app.stop();
  });

  it('told twice it is asked under one key and answered once', async () => {
    const { hear, asked } = running({ script: () => open('Accepted') });
    const message = mention('deploy payments 2 to prod');
    expect(await hear(message)).toHaveLength(1);
    expect(await hear(message)).toEqual([]);
    expect(new Set(asked.map((it) => it.key)).size).toBe(1);
  });

  it('is answered that nothing will happen when the ledger is down, and taken', async () => {
    const down = () => Promise.reject(new TransientError('the ledger does not answer'));
    const { tell, teams, app } = running({ script: down, once: down });
    expect(await tell(mention('deploy payments 2 to prod'))).toEqual({ status: 200 });
    await app.stop();
    expect(teams.seen).toMatchObject([
      { how: 'whispered', words: expect.stringMatching(/Not accepted, nothing will happen\n.*does not answer/) },
    ]);
  });

  it('does not pretend to know when we break', async () => {
    const { hear } = running({ script: () => Promise.reject(new Error('a bug')) });
    expect((await hear(dm('status')))[0]!.words).toContain('not certain');
  });

  it('of somebody whom Teams does not name is refused, and asked of nobody', async () => {
    const { hear, asked } = running();
    const seen = await hear(mention('deploy payments 2 to prod', { from: { id: '29:x', name: 'X' } }));
    expect(seen).toMatchObject([{ how: 'whispered', person: '29:x', words: expect.stringContaining('who you are') }]);
    expect(asked).toEqual([]);
  });

  it('of a guest is refused', async () => {
    const { hear } = running();
    const seen = await hear(mention('', { from: { id: '29:guest', name: 'Gus', aadObjectId: 'gus' } }));
    expect(seen).toMatchObject([{ how: 'whispered', words: expect.stringContaining('Guests do not release') }]);
  });

  it('says where the card is when it is elsewhere', async () => {
    const announced = [
      { surface: 'teams' as const, tenant: acme, channel: '19:other@thread.tacv2' },
      { surface: 'teams' as const, tenant: acme, channel: prod },
      { surface: 'slack' as const, tenant: 'T0', channel: 'C0' },
    ];
    const wordsWith = async (announcedNow: typeof announced) => {
      const { hear } = running({ script: () => yes('Accepted', { announced: announcedNow }) });
      return (await hear(mention('deploy payments 2 to prod')))[0]!.words;
    };
    expect(await wordsWith(announced)).toContain('The card is in this channel.');
    expect(await wordsWith(announced.slice(0, 1))).toContain('The card is in the channel that release.yaml names.');
    expect(await wordsWith(announced.slice(2))).toContain('The card is in Slack.');
    expect(await wordsWith(announced)).not.toContain('Slack');
    expect(await wordsWith([])).not.toContain('The card is in');
  });
});

describe('answers that Teams does not take at once', () => {
  const soon = 20;
  const open = () => yes('Accepted', { private: false });

  it.each([
    ['a mention', mention('abort payments-7f3'), 'post', open],
    ['a private one', mention('abort payments-7f3'), 'whisper', () => yes('Accepted')],
    ['a direct message', dm('abort payments-7f3'), 'post', () => yes('Accepted')],
  ] as const)('are tried again: %s', async (_what, message, call, script) => {
    const { tell, teams } = running({ script });
    teams.failsFirst.set(
      call,
      [429, 412, 503].map((status) => saysNo(status, soon)),
    );
    expect(await tell(message)).toEqual({ status: 200 });
    const how = call === 'post' ? 'posted' : 'whispered';
    await expect.poll(() => teams.seen).toMatchObject([{ how, words: expect.stringContaining('Accepted') }]);
  });

  it('are tried once more, and not for ever, when they may have arrived', async () => {
    const warned: string[] = [];
    const { tell, teams } = running({
      script: open,
      log: { ...quiet, warn: (_, message) => void warned.push(message) },
    });
    const lost = () => new TransientError('Teams did not answer', { retryAfterMs: soon });
    teams.failsFirst.set('post', [saysNo(502, soon)]);
    await tell(mention('status'));
    await expect.poll(() => teams.seen.length).toBe(1);
    teams.failsFirst.set('post', [lost(), saysNo(504, soon)]);
    await tell(mention('status'));
    await expect.poll(() => warned).toEqual(['an answer did not reach its asker in Teams']);
    expect(teams.seen.length).toBe(1);
  });

  it('are given up when we stop', async () => {
    const { tell, teams, app } = running({ script: open });
    teams.failsFirst.set('post', [saysNo(429, 9_000)]);
    await tell(mention('status'));
    await expect.poll(() => teams.failsFirst.get('post')).toEqual([]);
    const stopped = performance.now();
    await app.stop();
    expect(performance.now() - stopped).toBeLessThan(2_000);
    expect(teams.seen).toEqual([]);
  });

  it('go to the person directly where the channel is limited for longer than they would wait', async () => {
    const { tell, teams } = running({ script: () => yes('Accepted') });
    teams.fails.set('whisper', saysNo(429, 60_000));
    await tell(mention('status', { from: bob }));
    await expect.poll(() => teams.seen).toMatchObject([{ how: 'posted', where: 'alone:29:bob' }]);
  });
});

describe('private answers that Teams does not deliver', () => {
  const script = () => no('not-entitled', 'You may not release the secret service');

  it('go to the person directly where whispers are refused', async () => {
    const { hear, teams } = running({ script });
    teams.fails.set('whisper', saysNo(403));
    expect(await hear(mention('status', { from: bob }))).toMatchObject([{ how: 'posted', where: 'alone:29:bob' }]);
  });

  it('are told in the thread without their words when the person cannot be reached either', async () => {
    const { hear, teams } = running({ script });
    teams.fails.set('whisper', saysNo(400));
    teams.fails.set('direct', saysNo(403));
    const seen = await hear(mention('status', { from: bob, thread: '1711' }));
    expect(seen).toMatchObject([{ how: 'posted', where: `${prod};messageid=1711` }]);
    expect(seen[0]!.words).toMatch(/could not answer you privately\n.*[Ww]rite to me directly/);
    expect(seen[0]!.words).not.toContain('secret');
  });

  it('undo nothing when Teams is down: it is logged', async () => {
    const { hear, teams } = running({ script });
    teams.fails.set('whisper', new TransientError('Teams does not answer'));
    expect(await hear(mention('status'))).toEqual([]);
    teams.fails.set('post', new Error('a bug'));
    expect(await hear(dm('status'))).toEqual([]);
  });
});

describe('what Teams makes of a text', () => {
  const heard = async (text: string, entities: object[] = [called]) => {
    const { hear, asked } = running();
    await hear({ ...mention(''), text, entities });
    return asked[0]?.text;
  };
  const at = `<at>${us.name}</at>`;

  it.each([
    [
      'spaces that do not break',
      `${at}&nbsp;deploy&nbsp;payments\u00a02.4.1 \t to  prod`,
      'deploy payments 2.4.1 to prod',
    ],
    ['line breaks around it', `\r\n${at} status\r\n`, 'status'],
    [
      'signs as entities',
      `${at} why &lt;payments-7f3&gt; &amp; &quot;x&quot; &#39;y&#39; &#x2192;`,
      `why <payments-7f3> & "x" 'y' →`,
    ],
    ['entities of entities, once', `${at} because &amp;lt;at&amp;gt;`, 'because &lt;at&gt;'],
    ['numbers that are no letter', `${at} a &#9999999; b`, 'a &#9999999; b'],
    ['our name in the middle', `please ${at} status`, 'please status'],
    ['our name twice', `${at} ${at} status`, 'status'],
    [
      'another person by name',
      `${at} hold payments-7f3 because <at id="1">Ann&nbsp;Lee</at> said so`,
      'hold payments-7f3 because Ann Lee said so',
    ],
    ['paragraphs', `<p>${at} status</p>`, 'status'],
    ['bold words', `${at} deploy <b>payments</b> <code>2.4.1</code> to prod`, 'deploy payments 2.4.1 to prod'],
    [
      'placeholders that somebody copied',
      `${at} deploy <service> <version> to <env>`,
      'deploy <service> <version> to <env>',
    ],
    ['two lines, which stay two', `${at} status<br>deploy payments 2 to prod`, 'status\ndeploy payments 2 to prod'],
    ['a tag that never ends', `${at} status <at`, 'status <at'],
    ['tags that were written as text', `${at} because &lt;at&gt;Ann&lt;/at&gt;`, 'because <at>Ann</at>'],
  ])('is read through: %s', async (_what, text, meant) => {
    expect(await heard(text)).toBe(meant);
  });

  it('is read through: a name of two words as two mentions', async () => {
    const split = ['Release', 'Engineer'].map((word) => ({
      type: 'mention',
      text: `<at>${word}</at>`,
      mentioned: { id: us.id, name: word },
    }));
    expect(await heard('<at>Release</at>&nbsp;<at>Engineer</at> status', split)).toBe('status');
  });

  it('is read through: a mention whose text Teams left out', async () => {
    expect(await heard('<at>release engineer</at> status', [{ type: 'mention', mentioned: us }])).toBe('status');
  });

  it('is read in no time, however hostile', async () => {
    const started = performance.now();
    for (const piece of ['<at>', '<at ', '</at>', '&nbsp', '<p ', '&#', ' \t'])
      await heard(`${at}${piece.repeat(Math.floor(49_000 / piece.length))}`);
    expect(performance.now() - started).toBeLessThan(2_000);
  });
});

describe('being added', () => {
  it('says once who we are, in a new thread of the channel', async () => {
    const { hear, asked } = running();
    const [installed, joined] = added();
    const seen = [...(await hear(installed!)), ...(await hear(joined!)), ...(await hear(installed!))];
    expect(seen).toMatchObject([{ how: 'started', where: prod, words: expect.stringContaining('deploy <service>') }]);
    expect(asked).toEqual([]);
  });

  it('says it in a chat with somebody alone', async () => {
    const { hear } = running();
    expect(await hear(added('alone')[1]!)).toMatchObject([{ how: 'posted', where: 'a:Ann' }]);
  });

  it('does not write to everybody when a whole organisation gets it at once', async () => {
    const { hear } = running();
    const installed = added('alone')[0]!;
    const installedFor = (name: string) => ({
      ...installed,
      conversation: { ...installed.conversation, id: `a:${name}` },
    });
    const seen = [];
    for (const name of ['one', 'two', 'three']) seen.push(...(await hear(installedFor(name))));
    expect(seen).toMatchObject([{ where: 'a:one' }]);
    expect(await hear(added()[0]!)).toHaveLength(1);
  });

  it('says nothing where Teams limits it, and does not try again', async () => {
    const { hear, teams } = running();
    teams.failsFirst.set('startThread', [saysNo(429, 5)]);
    const [installed, joined] = added();
    expect([...(await hear(installed!)), ...(await hear(joined!))]).toEqual([]);
  });

  it('stays silent when others come, when it is removed, and when it cannot know whether it said it', async () => {
    const down = () => Promise.reject(new TransientError('the ledger does not answer'));
    const [installed, joined] = added();
    const { hear } = running();
    expect(await hear({ ...joined, membersAdded: [bob] })).toEqual([]);
    expect(await hear({ ...installed, action: 'remove' })).toEqual([]);
    expect(await hear({ ...installed, action: 'remove-upgrade' })).toEqual([]);
    expect(await running({ once: down }).hear(installed!)).toEqual([]);
  });
});

describe('stopping', () => {
  it('waits until what was taken is answered', async () => {
    const ledger = gate<Reply>();
    const { tell, app, teams, asked } = running({ script: () => ledger.opened });
    void tell(dm('status'));
    await expect.poll(() => asked.length).toBe(1);
    const stopped = app.stop();
    ledger.open(yes('Serving 2.4.0', { view: answer('Serving 2.4.0') }));
    await stopped;
    expect(teams.seen.at(-1)!.words).toContain('Serving 2.4.0');
  });
});
