import { createHash } from 'node:crypto'

/** A script, and the name that Redis gives it. */
export interface RedisScript {
  readonly text: string
  readonly sha1: string
}

function script(text: string): RedisScript {
  return { text, sha1: createHash('sha1').update(text).digest('hex') }
}

const time = `
local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000
local function number(n) return string.format('%.3f', n) end
`

/**
 * KEYS: value, revision. ARGV: how long a revision is remembered. A key that nobody remembers begins at the microsecond, so that it
 * is ahead of whatever it was before, also when the server came back without its data.
 */
export const readScript: RedisScript = script(`${time}
local revision = redis.call('GET', KEYS[2])
if not revision then
  revision = string.format('%.0f', t[1] * 1000000 + t[2])
  redis.call('SET', KEYS[2], revision, 'PX', ARGV[1])
  redis.call('DEL', KEYS[1])
end
return { redis.call('GET', KEYS[1]), revision, number(now) }
`)

/** KEYS: value, revision. ARGV: how long a revision is remembered, expected revision, '1' to write, value, its time, channel. */
export const compareAndSetScript: RedisScript = script(`${time}
if redis.call('GET', KEYS[2]) ~= ARGV[2] then return { 0, number(now) } end
local revision = string.format('%.0f', ARGV[2] + 1)
redis.call('SET', KEYS[2], revision, 'PX', string.format('%.0f', math.max(ARGV[1], ARGV[5] * 2)))
if ARGV[3] == '1' then redis.call('SET', KEYS[1], ARGV[4], 'PX', ARGV[5]) else redis.call('DEL', KEYS[1]) end
redis.call('PUBLISH', ARGV[6], '')
return { 1, number(now) }
`)

/**
 * KEYS: holders, conversation, then for each counter its grants and what runs: sorted sets by time. ARGV: the request as JSON, its
 * places as indices. The same steps as `takePlaces` in counters.ts; one table of cases tests both.
 */
export const takeScript: RedisScript = script(`${time}
local ask = cjson.decode(ARGV[1])
local function grants(i) return KEYS[1 + 2 * i] end
local function running(i) return KEYS[2 + 2 * i] end
local function keep(key, ms)
  if redis.call('PTTL', key) < ms then redis.call('PEXPIRE', key, string.format('%.0f', math.ceil(ms))) end
end

-- Changes nothing, but is refused if there is no memory left; once a script has written, nothing is refused any more.
redis.call('ZADD', KEYS[1], 'XX', '0', '')
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', number(now))
if ask.presentForMs > 0 then
  redis.call('ZADD', KEYS[1], number(now + ask.presentForMs), ask.holder)
  keep(KEYS[1], ask.presentForMs)
else
  redis.call('ZREM', KEYS[1], ask.holder)
end

for _, place in ipairs(ask.returned) do
  redis.call('ZREM', grants(place[1]), place[2])
  redis.call('ZREM', running(place[1]), place[2])
end
for _, place in ipairs(ask.finished) do redis.call('ZREM', running(place[1]), place[2]) end
for _, place in ipairs(ask.running) do
  redis.call('ZADD', running(place[1]), number(now + ask.runningForMs), place[2])
  keep(running(place[1]), ask.runningForMs)
end

local longest = {}
for i, counter in ipairs(ask.counters) do
  longest[i] = 0
  for _, window in ipairs(counter.windows) do longest[i] = math.max(longest[i], window.intervalMs) end
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', grants(i), '(' .. number(now + 60000), '+inf')) do
    redis.call('ZADD', grants(i), number(now), id)
  end
  if longest[i] > 0 then redis.call('ZREMRANGEBYSCORE', grants(i), '-inf', number(now - longest[i])) end
  if counter.concurrent then redis.call('ZREMRANGEBYSCORE', running(i), '-inf', number(now)) end
end

-- A conversation stands there as the moment from which it may have places, and its id.
local conversation, from = false, 0
local known = redis.call('GET', KEYS[2])
if known then
  local moment, id = string.match(known, '^(%S+) (.*)$')
  conversation, from = id, tonumber(moment)
end
local mayBegin = true
for _, id in ipairs(ask.conversed) do
  if conversation == id then
    redis.call('DEL', KEYS[2])
    conversation = false
  end
  if ask.converse and ask.converse.id == id then mayBegin = false end
end
if not conversation and ask.converse and mayBegin then
  local last = 0
  for i in ipairs(ask.counters) do
    local newest = redis.call('ZRANGE', grants(i), -1, -1, 'WITHSCORES')[2]
    if newest then last = math.max(last, newest) end
  end
  conversation = ask.converse.id
  from = math.min(last + (ask.converse.quietMs or 0), now + ask.converse.forMs / 2)
  redis.call('SET', KEYS[2], number(from) .. ' ' .. conversation, 'PX', string.format('%.0f', math.ceil(ask.converse.forMs)))
end

local function room(wish)
  local places, wait = wish.count, 0
  for _, i in ipairs(wish.counters) do
    local counter = ask.counters[i]
    for _, window in ipairs(counter.windows) do
      local used = redis.call('ZCOUNT', grants(i), '(' .. number(now - window.intervalMs), '+inf')
      places = math.min(places, window.places - used)
      if used >= window.places and wait >= 0 then
        local leaving = redis.call('ZRANGE', grants(i), -window.places, -window.places, 'WITHSCORES')
        wait = math.max(wait, leaving[2] + window.intervalMs - now)
      end
    end
    if counter.concurrent then
      local free = counter.concurrent - redis.call('ZCARD', running(i))
      places = math.min(places, free)
      if free <= 0 then wait = -1 end
    end
  end
  return math.max(0, places), wait
end

local function take(wish, count)
  for _, i in ipairs(wish.counters) do
    local marks = {}
    for place = 0, count - 1 do
      local id = wish.id
      if place > 0 then id = id .. '.' .. place end
      marks[#marks + 1] = number(now + ask.slackMs)
      marks[#marks + 1] = id
      if ask.counters[i].concurrent then
        redis.call('ZADD', running(i), number(now + ask.runningForMs), id)
        keep(running(i), ask.runningForMs)
      end
      if longest[i] > 0 and (#marks >= 500 or place == count - 1) then
        redis.call('ZADD', grants(i), unpack(marks))
        marks = {}
      end
    end
    if count > 0 and longest[i] > 0 then keep(grants(i), longest[i] + ask.slackMs + 1) end
  end
end

local granted, waits = {}, {}
for n, wish in ipairs(ask.wishes) do
  if conversation and not wish.passes and wish.conversation ~= conversation then
    granted[n], waits[n] = 0, '-1'
  elseif conversation and not wish.passes and from > now then
    granted[n], waits[n] = 0, number(from - now)
  else
    local places = room(wish)
    take(wish, places)
    granted[n] = places
    local wait = 0
    if places < wish.count then wait = select(2, room(wish)) end
    waits[n] = number(wait)
  end
end
return { granted, waits, redis.call('ZCARD', KEYS[1]), conversation, number(now) }
`)
