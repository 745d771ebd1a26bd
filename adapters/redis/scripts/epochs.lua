local held = tonumber(redis.call('GET', key('epoch-held')) or 0)
if arg.held and arg.held > held then
  redis.call('SET', key('epoch-held'), arg.held)
  held = arg.held
end
noticeRestore()
local epoch = tonumber(redis.call('GET', key('epoch')) or 0)
return { epoch, held, tonumber(redis.call('GET', key('seq')) or 0) }
