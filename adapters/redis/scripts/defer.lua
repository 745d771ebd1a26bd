local rev, woken = numbers(key('release', arg.id), 'rev', 'woken')
if rev == arg.rev and woken == 0 then redis.call('ZADD', key('due'), 'XX', arg.dueAt, arg.id) end
return 1
