"""Limits and cache on a real server, and what becomes of them when it is flushed, killed, silent or a read-only replica."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import redis

from adapters.redis.alone import LocalCache, LocalRateLimits
from adapters.redis.client import RedisCache, RedisLink, RedisRateLimits
from adapters.redis.local import LocalRedis
from workers.ports.cache import Cache
from workers.ports.limits import Rate, RateLimits

RATE = Rate(count=60, per=timedelta(minutes=1), burst=3)
MINUTE = timedelta(minutes=1)


class Seconds:
    """A clock that moves when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def running() -> Iterator[LocalRedis]:
    with LocalRedis() as server:
        yield server


@pytest.fixture
def server(running: LocalRedis) -> Iterator[LocalRedis]:
    """Well again after each test, whatever was done to it."""
    yield running
    running.resume()
    with redis.Redis(port=running.port) as client:
        try:
            client.replicaof("NO", "ONE")
            client.flushall()
        except redis.RedisError:
            running.stop()
            running.start()


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def link(server: LocalRedis, clock: Seconds) -> Iterator[RedisLink]:
    link = RedisLink(server.settings, clock=clock)
    yield link
    link.close()


@pytest.fixture(params=["shared", "alone"])
def limits(request: pytest.FixtureRequest, link: RedisLink) -> RateLimits:
    return RedisRateLimits(link) if request.param == "shared" else LocalRateLimits()


@pytest.fixture(params=["shared", "alone"])
def cache(request: pytest.FixtureRequest, link: RedisLink) -> Cache:
    return RedisCache(link) if request.param == "shared" else LocalCache()


def refuse(server: LocalRedis) -> None:
    with redis.Redis(port=server.port) as client:
        client.replicaof("127.0.0.1", "9")


def flush(server: LocalRedis) -> None:
    with redis.Redis(port=server.port) as client:
        client.flushall()


TROUBLES: dict[str, Callable[[LocalRedis], None]] = {
    "killed": LocalRedis.kill,
    "silent": LocalRedis.pause,
    "read-only": refuse,
    "flushed": flush,
}


def test_so_many_at_once_then_one_by_one(limits: RateLimits) -> None:
    """Three at once, then one a second; a refusal says how long to wait and counts for nothing."""
    assert [limits.take("a", RATE) for _ in range(3)] == [None, None, None]
    waits = [limits.take("a", RATE) for _ in range(3)]
    assert all(wait is not None and timedelta() < wait <= timedelta(seconds=1) for wait in waits)
    assert limits.take("b", RATE) is None


def test_two_processes_count_together(server: LocalRedis) -> None:
    """What one took, the other cannot take."""
    one, two = (RedisRateLimits(RedisLink(server.settings)) for _ in range(2))
    assert [one.take("shared", RATE), two.take("shared", RATE), one.take("shared", RATE)] == [None, None, None]
    assert two.take("shared", RATE) is not None


def test_after_the_wait_it_may_be_done(server: LocalRedis) -> None:
    """The wait that is told is the wait there is."""
    limits = RedisRateLimits(RedisLink(server.settings))
    quick = Rate(count=50, per=timedelta(seconds=1), burst=1)
    assert limits.take("quick", quick) is None
    wait = limits.take("quick", quick)
    assert wait is not None
    time.sleep(wait.total_seconds() + 0.002)
    assert limits.take("quick", quick) is None


def test_what_was_put_is_remembered_until_it_ends(cache: Cache) -> None:
    """And forgotten when asked to."""
    cache.put("token", "é", MINUTE)
    cache.put("short", "x", timedelta(milliseconds=20))
    assert (cache.get("token"), cache.get("nothing")) == ("é", None)
    time.sleep(0.05)
    assert cache.get("short") is None
    cache.forget("token")
    assert cache.get("token") is None


@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_stops_nobody(server: LocalRedis, link: RedisLink, trouble: str) -> None:
    """Limits are counted alone, the cache remembers alone; only the first call takes as long as its time-out."""
    limits, cache = RedisRateLimits(link), RedisCache(link)
    cache.put("before", "1", MINUTE)
    TROUBLES[trouble](server)
    begun = time.monotonic()
    taken = [limits.take("t", RATE) for _ in range(4)]
    cache.put("during", "2", MINUTE)
    assert cache.get("during") == "2"
    cache.forget("during")
    assert cache.get("during") is None
    assert time.monotonic() - begun < 1.0
    assert taken[:3] == [None, None, None]
    assert taken[3] is not None


def test_a_server_that_is_back_is_asked_again(server: LocalRedis, link: RedisLink, clock: Seconds) -> None:
    """After a rest of two seconds, and not before: nobody waits for a time-out a thousand times."""
    cache = RedisCache(link)
    server.kill()
    cache.put("k", "alone", MINUTE)
    server.stop()
    server.start()
    with redis.Redis(port=server.port, decode_responses=True) as client:
        cache.put("k", "still alone", MINUTE)
        assert client.get("fsm:k") is None
        clock.now += 2.1
        cache.put("k", "together", MINUTE)
        assert client.get("fsm:k") == "together"


def test_nothing_in_redis_is_for_ever(server: LocalRedis, link: RedisLink) -> None:
    """Every key has an end: Redis never fills up with what nobody asks for any more."""
    RedisRateLimits(link).take("t", RATE)
    RedisCache(link).put("k", "v", MINUTE)
    with redis.Redis(port=server.port) as client:
        assert all(client.pttl(key) > 0 for key in client.keys("*"))
        assert len(client.keys("fsm:*")) == 2


@pytest.mark.integration
def test_debians_redis_does_as_well() -> None:
    """The server of production, where one is installed."""
    import shutil
    from pathlib import Path

    binary = shutil.which("redis-server")
    if binary is None:
        pytest.skip("redis-server is not installed")
    with LocalRedis(binary=Path(binary)) as server:
        limits = RedisRateLimits(RedisLink(server.settings))
        assert [limits.take("a", RATE) is None for _ in range(4)] == [True, True, True, False]
