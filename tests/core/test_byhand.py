"""The command for the reader's own terminal, and every way its answer is pasted back."""

import textwrap
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hitbtc_keycheck import byhand
from hitbtc_keycheck.answers import Answer, Kind
from hitbtc_keycheck.byhand import MAX_PASTE, Problem, read, unsettled
from hitbtc_keycheck.codes import Fault
from hitbtc_keycheck.readings import reading_of
from hitbtc_keycheck.requests import PROBES, Reading
from tests.core.world import BY_HAND, FOREIGN, english

API = "https://api.hitbtc.com"
ROLLBACK = next(probe for probe in PROBES if probe.method == "DELETE")
BODIES = {
    (403, '{"error":{"code":1003,"message":"Action is forbidden for this API key"}}'): Reading.OFF,
    (400, '{"error":{"code":20004,"message":"Transaction not found"}}'): Reading.ON,
    (400, '{"error":{"code":"20005","message":"Payout not found {sic}"}}'): Reading.ON,
    (404, '{"error":{"code":800,"message":"Not found","description":""}}'): Reading.ON,
    (401, '{"error":{"code":1002,"message":"Authorization failed"}}'): Reading.NOTHING,
    (400, '{"error":{"code":10001,"message":"Validation error"}}'): Reading.NOTHING,
    (429, '{"error":{"code":429,"message":"Too many requests"}}'): Reading.NOTHING,
    (404, '{"error":"Not Found"}'): Reading.NOTHING,
    (200, '{"result":true}'): Reading.ALARM,
}


def typed(identifier: str, program: str = "curl", quote: str = "'") -> str:
    """The command, as the page shows it and a terminal shows it once more."""
    header = f"{quote}Authorization: HS256 {'QUJD' * 40}{quote}"
    told = f"{quote}\\n%{{http_code}} %{{url_effective}}\\n{quote}"
    address = f"{quote}{API}/api/3/wallet/crypto/withdraw/{identifier}{quote}"
    return f"{program} -sS -X DELETE -H {header} -w {told} {address}"


def printed(status: int, body: str, identifier: str = BY_HAND) -> str:
    return f"{body}\n{status} {API}/api/3/wallet/crypto/withdraw/{identifier}\n"


def bare(status: int, body: str, identifier: str) -> str:
    return printed(status, body, identifier)


def body_alone(_status: int, body: str, _identifier: str) -> str:
    return body


def blanks_around(status: int, body: str, identifier: str) -> str:
    return f"\n\n  {printed(status, body, identifier)}  \n"


def with_headers(status: int, body: str, identifier: str) -> str:
    head = f"HTTP/2 {status} \r\ndate: Sun, 22 Nov 2026 10:00:00 GMT\r\nserver: cloudflare\r\n\r\n"
    return head + printed(status, body, identifier)


def with_headers_and_no_last_line(status: int, body: str, _identifier: str) -> str:
    return f"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 {status} Whatever\r\nserver: x\r\n\r\n{body}"


def in_a_shell(status: int, body: str, identifier: str) -> str:
    answer = printed(status, body, identifier)
    return f"me@desk:~$ {typed(identifier)}\n{answer}me@desk:~$ "


def in_powershell(status: int, body: str, identifier: str) -> str:
    answer = printed(status, body, identifier).replace("\n", "\r\n")
    return f"PS C:\\Users\\me> {typed(identifier, 'curl.exe', '"')}\r\n{answer}PS C:\\Users\\me>"


def wrapped(status: int, body: str, identifier: str) -> str:
    lines = in_a_shell(status, body, identifier).split("\n")
    return "\n".join(line[at : at + 80] for line in lines for at in range(0, len(line) or 1, 80))


def wrapped_at_words(status: int, body: str, identifier: str) -> str:
    return textwrap.fill(body, 40) + "\n" + printed(status, "", identifier).strip()


def padded(status: int, body: str, identifier: str) -> str:
    lines = in_powershell(status, body, identifier).split("\r\n")
    return "\r\n".join(line.ljust(2000) for line in lines)


def in_colours(status: int, body: str, identifier: str) -> str:
    return f"\x1b[1;32mme\x1b[0m$ x\x1b[K\n\x1b[?2004l{printed(status, body, identifier)}"


def printed_prettily(status: int, body: str, identifier: str) -> str:
    pretty = body.replace(",", ",\n    ").replace('{"', '{\n  "')
    return printed(status, pretty, identifier)


def after_an_earlier_one(status: int, body: str, identifier: str) -> str:
    earlier = in_a_shell(401, '{"error":{"code":1002,"message":"expired"}}', FOREIGN)
    return earlier + in_a_shell(status, body, identifier)


def after_a_failure(status: int, body: str, identifier: str) -> str:
    failed = f"{typed(identifier)}\ncurl: (6) Could not resolve host: api.hitbtc.com\n000 {API}\n"
    return failed + printed(status, body, identifier)


Form = Callable[[int, str, str], str]
UNNAMED: list[Form] = [body_alone, with_headers_and_no_last_line]
NAMED: list[Form] = [
    bare,
    blanks_around,
    with_headers,
    in_a_shell,
    in_powershell,
    wrapped,
    wrapped_at_words,
    padded,
    in_colours,
    printed_prettily,
    after_an_earlier_one,
    after_a_failure,
]


@pytest.mark.parametrize("form", [*NAMED, *UNNAMED], ids=lambda form: form.__name__)
@pytest.mark.parametrize(("printed_answer", "shows"), BODIES.items(), ids=lambda it: str(it)[:24])
def test_an_answer_is_read_however_it_was_pasted(
    form: Form, printed_answer: tuple[int, str], shows: Reading
) -> None:
    status, body = printed_answer
    answer = read(form(status, body, BY_HAND), BY_HAND)
    assert isinstance(answer, Answer)
    alarm_without_a_status = form is body_alone and shows is Reading.ALARM
    assert reading_of(ROLLBACK, answer) is (Reading.NOTHING if alarm_without_a_status else shows)
    assert answer.status == (None if form is body_alone else status)


@pytest.mark.parametrize("form", NAMED, ids=lambda form: form.__name__)
@pytest.mark.parametrize(("status", "body"), BODIES)
def test_an_answer_to_an_earlier_command_never_counts(form: Form, status: int, body: str) -> None:
    problem = read(form(status, body, FOREIGN), BY_HAND)
    assert isinstance(problem, Problem)
    assert problem.fault is Fault.PASTE
    assert english(problem.text).startswith("This answers an earlier command")


@given(
    st.sampled_from(NAMED),
    st.sampled_from(sorted(BODIES)),
    st.uuids(version=4).map(str).filter(lambda name: name != BY_HAND),
    st.text(max_size=30),
    st.text(max_size=30),
)
def test_whatever_stands_around_it_a_foreign_answer_never_counts(
    form: Form, answer: tuple[int, str], foreign: str, before: str, after: str
) -> None:
    pasted = f"{before}\n{form(*answer, foreign)}\n{after}"
    assert isinstance(read(pasted, BY_HAND), Problem)


def test_an_answer_that_names_a_foreign_path_never_counts() -> None:
    for field in ("path", "instance"):
        inside = f'"code":1003,"{field}":"/api/3/wallet/crypto/withdraw/{FOREIGN}"'
        found = read(f'{{"error":{{{inside}}}}}', BY_HAND)
        assert isinstance(found, Problem) == (field == "path")
    own = f'{{"path":"/api/3/wallet/crypto/withdraw/{BY_HAND}","error":{{"code":1003}}}}'
    assert isinstance(read(own, BY_HAND), Answer)
    elsewhere = '{"path":"/api/3/elsewhere","error":{"code":1003}}'
    assert isinstance(read(elsewhere, BY_HAND), Answer)


def test_an_id_beside_the_answer_counts_even_where_the_last_line_is_mangled() -> None:
    body = '{"error":{"code":1003}}'
    for identifier, start in ((FOREIGN, "This answers an earlier"), (BY_HAND, "There is no")):
        found = read(f"{body} 403https://api.hitbtc.com/withdraw/{identifier}", BY_HAND)
        assert isinstance(found, Problem)
        assert english(found.text).startswith(start)


def test_the_command_above_tells_whose_answer_it_is_where_the_last_line_is_missing() -> None:
    body = '{"error":{"code":1003}}'
    assert isinstance(read(f"$ {typed(BY_HAND)}\n{body}", BY_HAND), Answer)
    foreign = read(f"$ {typed(FOREIGN)}\n{body}", BY_HAND)
    assert isinstance(foreign, Problem)
    assert english(foreign.text).startswith("This answers an earlier command")
    both = f"$ {typed(FOREIGN)}\n{body}\n$ {typed(BY_HAND)}\n{body}"
    assert isinstance(read(both, BY_HAND), Answer)


def test_an_earlier_answer_above_a_command_not_run_yet_is_none() -> None:
    found = read(f'{{"error":{{"code":1003}}}}\n$ {typed(BY_HAND)}', BY_HAND)
    assert isinstance(found, Problem)
    assert english(found.text).startswith("There is no answer of HitBTC's")


def test_the_last_of_several_answers_counts() -> None:
    off, on = '{"error":{"code":1003}}', '{"error":{"code":20004}}'
    found = read(printed(403, off) + printed(400, on), BY_HAND)
    assert isinstance(found, Answer)
    assert found.code == 20004


def test_a_stray_brace_hides_no_answer() -> None:
    for before in ("{", "{{", "{ {"):
        found = read(before + '{"error":{"code":1003}}', BY_HAND)
        assert isinstance(found, Answer)
        assert found.code == 1003


def test_other_objects_in_a_paste_are_passed_over() -> None:
    found = read('{} {"a":1} {"error":{"code":1003}} {"b":[]} {', BY_HAND)
    assert isinstance(found, Answer)
    assert found.code == 1003


@pytest.mark.parametrize(
    ("text", "fault", "words"),
    [
        ("", Fault.PASTE, "Nothing was pasted."),
        (" \r\n\t ", Fault.PASTE, "Nothing was pasted."),
        ("\x1b[0m", Fault.PASTE, "Nothing was pasted."),
        ("me@desk:~$", Fault.PASTE, "There is no answer of HitBTC's"),
        ('{"error":{"code":1003', Fault.PASTE, "There is no answer of HitBTC's"),
        ('{"a":' * 13_000, Fault.PASTE, "That is no answer of HitBTC's: it has more brackets"),
        ('"' + '{"a":' * 13_000, Fault.PASTE, "That is no answer of HitBTC's"),
        ("[" * 33, Fault.PASTE, "That is no answer of HitBTC's"),
        ("[" * 32, Fault.PASTE, "There is no answer of HitBTC's"),
        ("[1003]", Fault.PASTE, "There is no answer of HitBTC's"),
        ("zsh: command not found: curl", Fault.PASTE, "This terminal does not know curl."),
        (
            "'curl.exe' is not recognized as an internal or external command",
            Fault.PASTE,
            "This terminal does not know curl.",
        ),
        (
            "Invoke-WebRequest : Impossible de lier le paramètre « Headers ».",
            Fault.PASTE,
            "PowerShell answered with a command of its own",
        ),
        (
            "curl.exe : Der Name wurde nicht erkannt. + FullyQualifiedErrorId : "
            "CommandNotFoundException",
            Fault.PASTE,
            "This terminal does not know curl.",
        ),
        ("<!DOCTYPE html><p>Just a moment...", Fault.EXCHANGE, "A web page came back"),
        ("<HTML><body>502", Fault.EXCHANGE, "A web page came back"),
        ("curl: (5) Could not resolve proxy: x", Fault.NETWORK, "curl could not find the proxy"),
        ("curl: (6) Could not resolve host: x", Fault.NETWORK, "curl could not find HitBTC"),
        ("curl: (7) Failed to connect", Fault.NETWORK, "curl could not connect to HitBTC"),
        ("curl: (28) Timed out", Fault.NETWORK, "HitBTC did not answer curl in time"),
        ("curl: (35) handshake", Fault.NETWORK, "curl did not trust the connection"),
        ("curl: (51) name", Fault.NETWORK, "curl did not trust the connection"),
        ("curl: (60) SSL certificate problem", Fault.NETWORK, "curl did not trust the connection"),
        ("curl: (77) ca-bundle", Fault.NETWORK, "curl did not trust the connection"),
        ("curl: (56) reset by peer", Fault.NETWORK, "curl could not finish (its code 56)"),
        ("curl: (6) x\ncurl: (7) y", Fault.NETWORK, "curl could not connect to HitBTC"),
        ("<html>curl: (6) x", Fault.NETWORK, "curl could not find HitBTC"),
    ],
)
def test_what_is_no_answer_is_said_in_words(text: str, fault: Fault, words: str) -> None:
    problem = read(text, BY_HAND)
    assert isinstance(problem, Problem)
    assert (problem.fault, english(problem.text)[: len(words)]) == (fault, words)


@pytest.mark.parametrize("code", [5, 6, 7, 28, 35, 51, 56, 60, 77])
def test_curls_own_trouble_names_its_code(code: int) -> None:
    problem = read(f"{typed(BY_HAND)}\ncurl: ({code}) why\n000 {API}/x", BY_HAND)
    assert isinstance(problem, Problem)
    assert f"its code {code})" in english(problem.text)


def test_a_command_that_was_not_run_is_no_answer() -> None:
    problem = read(f"$ {typed(BY_HAND)}", BY_HAND)
    assert isinstance(problem, Problem)
    assert english(problem.text).startswith("There is no answer of HitBTC's")


@pytest.mark.parametrize(
    ("status", "body", "fault", "words"),
    [
        (503, "<html>busy</html>", Fault.EXCHANGE, "HitBTC's own systems have a problem."),
        (502, "error code: 502", Fault.EXCHANGE, "HitBTC's own systems have a problem."),
        (403, "<HTML>Access denied", Fault.NETWORK, "HitBTC, or something between you"),
        (403, "error code: 1020", Fault.NETWORK, "HitBTC, or something between you"),
        (451, "", Fault.NETWORK, "HitBTC, or something between you"),
        (403, "", Fault.EXCHANGE, "The request was refused, and the answer gives no reason"),
        (200, "<!doctype html>Sign in", Fault.NETWORK, "What came back is not in the form of"),
        (204, "", Fault.NETWORK, "What came back is not in the form of HitBTC's answers"),
    ],
)
@pytest.mark.parametrize("form", [bare, in_a_shell])
def test_a_last_line_without_an_object_is_an_answer_of_its_status(
    form: Form, status: int, body: str, fault: Fault, words: str
) -> None:
    answer = read(form(status, body, BY_HAND), BY_HAND)
    assert isinstance(answer, Answer)
    assert (answer.kind, answer.status) == (Kind.UNREADABLE, status)
    problem = unsettled(ROLLBACK, answer)
    assert (problem.fault, english(problem.text)[: len(words)]) == (fault, words)


def test_a_last_line_of_an_earlier_command_without_a_body_never_counts() -> None:
    problem = read(printed(204, "", FOREIGN), BY_HAND)
    assert isinstance(problem, Problem)
    assert english(problem.text).startswith("This answers an earlier command")


def test_a_paste_as_long_as_allowed_is_read_and_a_longer_one_is_not() -> None:
    body = '{"error":{"code":1003}}'
    longest = " " * (MAX_PASTE - len(body)) + body
    assert isinstance(read(longest, BY_HAND), Answer)
    problem = read(longest + " ", BY_HAND)
    assert isinstance(problem, Problem)
    assert english(problem.text).startswith("That is far more than an answer.")
    assert problem.fault is Fault.PASTE


@pytest.mark.parametrize("unit", ["x" + " " * 1000, "200 http://x ", "200 http://", "{", '{"'])
def test_no_paste_keeps_the_reader_busy(unit: str) -> None:
    found = read("x" + unit * (MAX_PASTE // len(unit) - 1), BY_HAND)
    assert isinstance(found, Problem)


@given(st.text(), st.text())
def test_any_paste_is_an_answer_or_a_problem_in_words(before: str, after: str) -> None:
    for text in (before, f'{before}{{"error":{{"code":1003}}}}{after}'):
        found = read(text, BY_HAND)
        assert isinstance(found, Answer) or english(found.text).endswith((".", "?"))


def test_an_expired_signature_is_told_from_a_wrong_pair() -> None:
    problem = unsettled(ROLLBACK, Answer(kind=Kind.ERROR, status=401, code=1002))
    assert problem.fault is Fault.PASTE
    assert "more than 60 seconds had passed" in english(problem.text)


UNKNOWN = "HitBTC answered in a form this checker does not know. It shows nothing"


@pytest.mark.parametrize(
    ("answer", "fault", "words"),
    [
        (Answer(kind=Kind.ERROR, status=429, code=429), Fault.EXCHANGE, "HitBTC had too many"),
        (Answer(kind=Kind.UNREADABLE, status=503), Fault.EXCHANGE, "HitBTC's own systems have"),
        (Answer(kind=Kind.ERROR, status=400, code=10001), Fault.OURS, "HitBTC checked the form"),
        (Answer(kind=Kind.ERROR, status=400, code=600), Fault.EXCHANGE, "The account is"),
        (Answer(kind=Kind.ERROR, status=400, code=7), Fault.EXCHANGE, UNKNOWN),
        (Answer(kind=Kind.ERROR, status=404, code=20004), Fault.EXCHANGE, UNKNOWN),
        (Answer(kind=Kind.ERROR, status=400, code=1003), Fault.EXCHANGE, UNKNOWN),
        (Answer(kind=Kind.ERROR, status=401, code=1003), Fault.EXCHANGE, "The request was refused"),
    ],
)
def test_an_answer_that_settles_nothing_says_why(answer: Answer, fault: Fault, words: str) -> None:
    problem = unsettled(ROLLBACK, answer)
    assert problem.fault is fault
    assert english(problem.text).startswith(words)
    assert english(problem.text).endswith(
        " It shows nothing about Withdraw. Wait, then click Copy for a new command, or look at "
        "the setting on HitBTC's form."
    )


def test_every_problem_is_a_sentence_for_the_reader() -> None:
    for found in vars(byhand).values():
        if isinstance(found, Problem):
            assert english(found.text)[0].isupper()
            assert english(found.text).endswith(".")
