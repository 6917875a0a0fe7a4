"""Bytes from the exchange become an Answer, whatever the bytes."""

import json
import time

import pytest

from hitbtc_keycheck.answers import (
    MAX_DEPTH,
    MAX_TEXT,
    Answer,
    Kind,
    nesting,
    read_frame,
    read_rest,
)


def error(**fields: object) -> str:
    return json.dumps({"error": fields})


def test_a_result_over_rest_is_what_the_body_holds() -> None:
    assert read_rest(200, "[1]") == Answer(kind=Kind.RESULT, status=200, result=[1])


@pytest.mark.parametrize("status", [None, 200, 201, 299])
def test_a_result_needs_a_fine_status_or_none_that_is_known(status: int | None) -> None:
    assert read_rest(status, "{}").kind is Kind.RESULT


def test_a_byte_order_mark_before_the_json_is_passed_over() -> None:
    assert read_rest(200, "\ufeff[1]").result == [1]


@pytest.mark.parametrize(
    ("text", "deep"), [("", 0), ("[][]", 1), ("[{}]", 2), ("]][[", 2), ("{}[[]", 2)]
)
def test_brackets_are_counted_by_how_deep_they_lie(text: str, deep: int) -> None:
    assert nesting(text) == deep


@pytest.mark.parametrize("status", [0, 199, 300, 304, 403, 500])
def test_json_without_an_error_under_another_status_is_unreadable(status: int) -> None:
    expected = Answer(kind=Kind.UNREADABLE, status=status, said="{}")
    assert read_rest(status, "{}") == expected


def test_an_error_says_code_message_and_description() -> None:
    text = error(code=1003, message="Action is forbidden", description="see the docs")
    assert read_rest(403, text) == Answer(
        kind=Kind.ERROR, status=403, code=1003, said="Action is forbidden: see the docs"
    )


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"message": "No"}, "No"),
        ({"description": "Why"}, "Why"),
        ({"message": "", "description": "Why"}, "Why"),
        ({"message": 5, "description": ["x"]}, ""),
        ({}, ""),
    ],
)
def test_what_an_error_says_may_be_in_parts(fields: dict[str, object], said: str) -> None:
    assert read_rest(400, error(code=1, **fields)).said == said


@pytest.mark.parametrize(
    ("code", "read"),
    [
        (1003, 1003),
        ("1003", 1003),
        (0, 0),
        (999_999, 999_999),
        ("999999", 999_999),
        (1_000_000, None),
        ("1000000", None),
        (-1, None),
        ("-1", None),
        (" 1003", None),
        ("1003x", None),
        ("\u0661\u0660\u0660\u0663", None),
        ("", None),
        (1003.0, None),
        (True, None),
        (None, None),
        ([1003], None),
    ],
)
def test_a_code_is_a_number_or_its_digits(code: object, read: int | None) -> None:
    assert read_rest(403, error(code=code)).code == read
    answer = read_frame(json.dumps({"id": 3, "error": {"code": code}}))
    assert answer
    assert answer.code == read


def test_a_429_inside_a_200_is_an_error() -> None:
    answer = read_rest(200, error(code=429, message="Too many requests"))
    assert (answer.kind, answer.status, answer.code) == (Kind.ERROR, 200, 429)


def test_an_error_that_is_a_text_has_no_code() -> None:
    expected = Answer(kind=Kind.ERROR, status=404, said="Not Found")
    assert read_rest(404, '{"error":"Not Found"}') == expected


@pytest.mark.parametrize("inside", ["null", "[]", "5", "true"])
def test_an_error_of_another_shape_says_nothing(inside: str) -> None:
    assert read_rest(200, f'{{"error":{inside}}}') == Answer(kind=Kind.ERROR, status=200)


def test_a_newer_error_names_its_time_and_path() -> None:
    body = {"timestamp": "2026-11-22T10:00:00Z", "path": "/api/3/x", "error": {"code": 1}}
    answer = read_rest(400, json.dumps(body))
    assert (answer.time, answer.path) == (1_795_341_600_000, "/api/3/x")


def test_the_error_object_itself_may_name_time_and_path() -> None:
    inside = {"code": 1, "timestamp": 1_795_341_600_001, "path": "/inner"}
    body = {"timestamp": 7, "path": "/outer", "error": inside}
    answer = read_rest(400, json.dumps(body))
    assert (answer.time, answer.path) == (1_795_341_600_001, "/inner")


@pytest.mark.parametrize(
    ("timestamp", "read"),
    [
        (1, 1),
        (0, None),
        (-1, None),
        (32_503_679_999_999, 32_503_679_999_999),
        (32_503_680_000_000, None),
        (True, None),
        (1.5, None),
        (None, None),
        ("2026-11-22T10:00:00.500+01:00", 1_795_338_000_500),
        ("2026-11-22T10:00:00", 1_795_341_600_000),
        ("1970-01-01T00:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_time_is_milliseconds_or_iso_8601_and_of_our_age(
    timestamp: object, read: int | None
) -> None:
    assert read_rest(400, error(code=1, timestamp=timestamp)).time == read


def test_a_time_without_a_zone_is_universal_wherever_the_reader_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_zone = getattr(time, "tzset", lambda: None)  # in a browser it is the browser's
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    take_zone()
    try:
        answer = read_rest(400, error(code=1, timestamp="2026-11-22T10:00:00"))
    finally:
        monkeypatch.undo()
        take_zone()
    assert answer.time == 1_795_341_600_000


def test_a_path_that_is_no_text_is_none() -> None:
    assert read_rest(400, error(code=1, path=5)).path == ""


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!DOCTYPE html><title>Just a moment...</title>",
        '{"error":{"code":1003',
        "[",
        "nonsense",
        "\ufeff\ufeff[]",
        '"\ud800',
        "1" * 5000,
    ],
)
def test_what_is_no_json_is_unreadable_and_quoted_in_short(text: str) -> None:
    answer = read_rest(200, text)
    assert answer.kind is Kind.UNREADABLE
    assert len(answer.said) <= 200


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a\n\tb\u00a0 c", "a b c"),
        ("\u202eevil\u2066", "evil"),
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("\ud83dx", "x"),
        ("xy z " * 60, ("xy z " * 60)[:200]),
        ("key 2deb570ab58fd553a4ed3ee249fd2d51 lacks", "key … lacks"),
        ("SGVsbG8gdGhlcmUgb2xkIGZyaWVuZA==, 1-2-3", "…, 1-2-3"),
        ("x" * 19 + " " + "x" * 20, "x" * 19 + " …"),
        (" " * 799 + "yz", "y"),
        (" " * 800 + "z", ""),
    ],
)
def test_what_is_quoted_is_short_plain_text_on_one_line(text: str, said: str) -> None:
    assert read_rest(500, text).said == said


def test_an_answer_as_long_as_allowed_is_read_and_a_longer_one_is_not() -> None:
    longest = json.dumps("x" * (MAX_TEXT - 2))
    assert read_rest(200, longest).kind is Kind.RESULT
    assert read_rest(200, longest + " ").kind is Kind.UNREADABLE


def test_two_megabytes_are_not_parsed() -> None:
    assert read_rest(200, "[" + "0," * (1 << 20) + "0]").kind is Kind.UNREADABLE
    assert read_frame('{"id":1,"result":"' + "x" * (2 << 20) + '"}') is None


def nested(depth: int) -> str:
    return '{"a":[' * (depth // 2) + "]}" * (depth // 2)


def test_an_answer_as_deep_as_allowed_is_read_and_a_deeper_one_is_not() -> None:
    assert read_rest(200, nested(MAX_DEPTH)).kind is Kind.RESULT
    assert read_rest(200, f"[{nested(MAX_DEPTH)}]").kind is Kind.UNREADABLE


def test_what_closes_on_the_way_down_hides_no_depth() -> None:
    assert read_rest(200, "[[]," * 50 + "[]" + "]" * 50).kind is Kind.UNREADABLE
    assert read_rest(200, '{"a":{},"b":' * 50 + "{}" + "}" * 50).kind is Kind.UNREADABLE


def test_width_is_not_depth() -> None:
    assert read_rest(200, json.dumps([[], {}] * 100)).kind is Kind.RESULT


def test_brackets_inside_a_text_are_not_depth() -> None:
    text = json.dumps(["[" * 100, 'a "quoted" [' * 50, "\\", "{" * 40])
    assert read_rest(200, text).kind is Kind.RESULT


@pytest.mark.parametrize(
    ("unit", "length"),
    [
        *((unit, MAX_TEXT) for unit in ('\\"', "\\", "a", '"', '"\\')),
        *((unit, 1 << 16) for unit in ('["', "]", "[")),
    ],
)
def test_no_text_keeps_the_reader_busy(unit: str, length: int) -> None:
    """With a pattern that starts anew at each quote, one of these takes hours: no end, no pass."""
    for opening in ("", '"'):
        text = opening + unit * (length // len(unit) - 1)
        assert read_rest(200, text).kind is Kind.UNREADABLE


def test_a_frame_is_an_answer_to_its_number() -> None:
    assert read_frame('{"jsonrpc":"2.0","result":[],"id":4}') == Answer(
        kind=Kind.RESULT, result=[], number=4
    )
    assert read_frame(error(code=1003, message="No")[:-1] + ',"id":5}') == Answer(
        kind=Kind.ERROR, code=1003, said="No", number=5
    )
    assert read_frame('{"error":"Not Found","id":6}') == Answer(
        kind=Kind.ERROR, said="Not Found", number=6
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"ch":"ticker","data":{"t":1}}',
        '{"method":"report","params":{}}',
        '{"id":null,"result":true}',
        '{"id":"1","result":true}',
        '{"id":true,"result":true}',
        '{"id":1.0,"result":true}',
        "[]",
        "5",
        "null",
        "",
        "half a mess",
        '{"id":1,"resu',
    ],
)
def test_what_names_no_number_answers_nothing(text: str) -> None:
    assert read_frame(text) is None


@pytest.mark.parametrize("rest", ["", ',"result":true,"error":null', ',"result":1,"error":{}'])
def test_neither_or_both_of_result_and_error_is_unreadable(rest: str) -> None:
    text = f'{{"id":9{rest}}}'
    assert read_frame(text) == Answer(kind=Kind.UNREADABLE, number=9, said=text)
