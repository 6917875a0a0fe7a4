"""Any replies at all, in any order: never an exception, never a tick that no answer earned.

What earns a tick is written here a second time, from what is known about HitBTC.
"""

import json
from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from hitbtc_keycheck.advice import advice
from hitbtc_keycheck.answers import Kind, read_frame, read_rest
from hitbtc_keycheck.cases import Verdict
from hitbtc_keycheck.check import Check, Event, Reply, Request, Via
from hitbtc_keycheck.render import as_data, as_markdown
from hitbtc_keycheck.report import report
from hitbtc_keycheck.requests import Channel
from hitbtc_keycheck.settings import REQUIRED, Setting, State
from hitbtc_keycheck.shapes import Shape, clean, shape_of
from tests.core.world import (
    ENGLISH,
    NEEDS,
    NOW,
    ROLLBACK,
    Account,
    answer,
    begin,
    error,
    name_of,
    reply,
    said,
    trouble,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(st.text(max_size=10), inside, max_size=4)
    ),
    max_leaves=12,
)
CODES = st.sampled_from(
    [1002, 1003, 1004, 20004, 20005, 800, 429, 500, 10021, 20018, 77_777, "1003"]
)
STATUSES = st.sampled_from([200, 204, 299, 302, 400, 401, 403, 404, 429, 500, 503])
FIELDS = st.sampled_from(["id", "result", "error", "code", "message", "timestamp", "path", "ch"])
OBJECTS = st.dictionaries(FIELDS, JSON | CODES, max_size=5)
ACCOUNTS = st.builds(
    Account,
    permissions=st.frozensets(st.sampled_from([*REQUIRED, Setting.WITHDRAW])),
    works=st.booleans(),
    shut_out=st.booleans(),
)

Move = Callable[[Request], Reply]


def honestly(account: Account) -> Move:
    def move(request: Request) -> Reply:
        if request.probe.channel is Channel.PUBLIC:
            return trouble(request, Event.OPENED)
        return reply(request, *answer(account, name_of(request)))

    return move


def stated(told: Move, status: int) -> Move:
    def move(request: Request) -> Reply:
        back = told(request)
        return back if back.status is None else replace(back, status=status)

    return move


def renumbered(told: Move, step: int) -> Move:
    """The same answer under another number, sometimes that of another request."""

    def move(request: Request) -> Reply:
        return told(replace(request, number=request.number + step))

    return move


def crossed(told: Move, channel: Channel) -> Move:
    return lambda request: replace(told(request), channel=channel)


def cut(told: Move, length: int) -> Move:
    return lambda request: replace(told(request), text=told(request).text[:length])


PLAIN: st.SearchStrategy[Move] = st.one_of(
    ACCOUNTS.map(honestly),
    st.builds(lambda code: lambda request: reply(request, *error(code)), CODES),
    st.builds(lambda body: lambda request: reply(request, 200, body), JSON | OBJECTS),
    st.builds(lambda body: lambda request: said(request, json.dumps(body)), OBJECTS),
    st.builds(lambda text: lambda request: said(request, text), st.text()),
    st.builds(
        lambda event, online: lambda request: trouble(request, event, online=online),
        st.sampled_from([event for event in Event if event is not Event.ANSWERED]),
        st.booleans(),
    ),
)
MOVES = st.one_of(
    PLAIN,
    st.builds(stated, PLAIN, STATUSES),
    st.builds(renumbered, PLAIN, st.integers(-3, 3)),
    st.builds(crossed, PLAIN, st.sampled_from(Channel)),
    st.builds(cut, PLAIN, st.integers(0, 60)),
)


def inside(request: Request, back: Reply) -> object:
    """The body of what may be the answer to a request: the object, or what its result is."""
    if back.event is not Event.ANSWERED or back.channel is not request.probe.channel:
        return None
    try:
        body = json.loads(back.text)
    except ValueError:
        return None
    if back.channel is Channel.REST:
        return body if back.number == request.number else None
    mine = isinstance(body, dict) and body.get("id") == request.number
    return body if mine else None


def shows_on(request: Request, back: Reply) -> bool:
    body = inside(request, back)
    if isinstance(body, dict) and "error" in body:
        return False
    if back.channel is Channel.REST:
        if not 200 <= (back.status or 0) < 300:
            return False
        result = body
    else:
        result = body.get("result") if isinstance(body, dict) else None
    if name_of(request).startswith("login"):
        return result is True
    if isinstance(result, dict) and name_of(request) == "GET /api/3/sub-account":
        result = result.get("result")
    known = {"currency", "available", "symbol", "take_rate"}
    return isinstance(result, list) and (
        name_of(request) == "GET /api/3/sub-account"
        or all(isinstance(item, dict) and known & set(item) for item in result)
    )


def shows_withdraw_off(request: Request, back: Reply) -> bool:
    body = inside(request, back)
    fault = body.get("error") if isinstance(body, dict) else None
    code = fault.get("code") if isinstance(fault, dict) else None
    return name_of(request) == ROLLBACK and back.status == 403 and code in (1003, "1003")


def earned(asked: list[Request], fed: list[Reply]) -> set[Setting]:
    """The boxes that some answer shows to be as Bitsgap wants them."""
    on = {
        NEEDS.get(name_of(request), Setting.STATUS)
        for request in asked
        for back in fed
        if name_of(request) != ROLLBACK and shows_on(request, back)
    }
    if on & set(REQUIRED):
        on.add(Setting.STATUS)
        if any(shows_withdraw_off(request, back) for request in asked for back in fed):
            on.add(Setting.WITHDRAW)
    return on


def assert_earned(check: Check, asked: list[Request], fed: list[Reply]) -> None:
    shown = report(check)
    ticks = {row.setting for row in shown.rows if row.state is State.AS_REQUIRED}
    assert ticks <= earned(asked, fed)
    assert (shown.verdict is Verdict.CONNECTED) <= (len(ticks) == 5)
    assert shown.next_steps
    for text in (
        json.dumps(as_data(shown, ENGLISH), ensure_ascii=False),
        as_markdown(shown, ENGLISH),
    ):
        assert len(text) < 20_000


@given(
    st.sampled_from(Via), st.booleans(), st.lists(st.tuples(st.integers(0, 20), MOVES), max_size=25)
)
def test_no_replies_in_any_order_earn_a_tick_that_none_of_them_shows(
    via: Via, withdraw: bool, moves: list[tuple[int, Move]]
) -> None:
    check = begin(via, withdraw=withdraw)
    asked, fed = list(check.plan()), list[Reply]()
    for place, move in moves:
        fed.append(move(asked[place % len(asked)]))
        check.feed(fed[-1])
        asked += check.plan()
    assert_earned(check, asked, fed)
    check.stop(Event.SILENT, at=NOW + 12_000)
    assert check.ended
    assert check.plan() == ()
    assert len(asked) <= 12
    assert_earned(check, asked, fed)


@given(ACCOUNTS, st.sampled_from(Via), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_honest_answers_does_not_matter(
    account: Account, via: Via, random: "object", doubled: bool
) -> None:
    straight, shuffled = begin(via), begin(via)
    for check, mixed in ((straight, False), (shuffled, True)):
        waiting = list(check.plan())
        while waiting:
            place = random.randrange(len(waiting)) if mixed else 0  # type: ignore[attr-defined]
            back = honestly(account)(waiting.pop(place))
            for _ in range(1 + doubled):
                check.feed(back)
            waiting += check.plan()
    one, other = report(straight), report(shuffled)
    assert (one.verdict, one.sentence) == (other.verdict, other.sentence)
    assert [row.state for row in one.rows] == [row.state for row in other.rows]


@given(st.binary() | st.text().map(lambda text: text.encode("utf-16")), STATUSES)
def test_any_bytes_are_read_without_an_exception(raw: bytes, status: int) -> None:
    for text in (raw.decode("utf-8", "replace"), raw.decode("latin-1")):
        found = read_rest(status, text)
        assert len(found.said) <= 200
        assert found.said.isprintable()
        framed = read_frame(text)
        assert framed is None or isinstance(framed.number, int)


@given(st.dictionaries(FIELDS, JSON, min_size=1, max_size=4), st.data())
def test_an_answer_cut_anywhere_is_unreadable(body: dict[str, object], data: st.DataObject) -> None:
    text = json.dumps(body)
    length = data.draw(st.integers(0, len(text) - 1))
    assert read_rest(200, text[:length]).kind is Kind.UNREADABLE
    assert read_frame(text[:length]) is None


@given(JSON, STATUSES)
def test_json_is_a_result_only_with_success_and_without_an_error(body: object, status: int) -> None:
    found = read_rest(status, json.dumps(body))
    if found.kind is Kind.RESULT:
        assert 200 <= status < 300
        assert not (isinstance(body, dict) and "error" in body)
    assert found.status == status


@given(st.text(), st.text())
def test_any_paste_has_a_shape_and_an_empty_one_stops(key: str, secret: str) -> None:
    shapes = shape_of(key, secret, public=True), shape_of(secret, key, public=False)
    found = advice(*shapes)
    assert any(item.stops for item in found) or (clean(key) and clean(secret))
    assert shapes[0].same == shapes[1].same
    for shape, text in zip(shapes, (key, secret), strict=True):
        assert shape.length + shape.removed == len(text)
        assert shape.stray <= shape.length
        assert clean(text) == clean(text).strip(" \t\r\n\u00a0\"'`")
        assert clean(f"\u200b '{text}'\n") == clean(text)


@given(st.text(alphabet="abcXYZ019-_", min_size=1), st.sampled_from(["key: ", '"', " ", "\ufeff"]))
def test_what_hitbtc_uses_is_never_taken_off(part: str, before: str) -> None:
    assert clean(before + part) == part
    assert shape_of(part, "", public=True) == Shape(
        length=len(part),
        values=int(len(part) >= 20),
        sample=len(part) > 2 and len(set(part)) == 1,
        doubled=len(part) % 2 == 0 and part[: len(part) // 2] * 2 == part,
    )
