"""THE TABLE, read in both directions: what is in it shows what it says, all else shows nothing."""

import re

import pytest

from hitbtc_keycheck.answers import Answer, Kind, read_rest
from hitbtc_keycheck.codes import CODES, SIGNS, Fault, code_of, sign_of
from hitbtc_keycheck.readings import code_for, holds_anything, reading_of, trouble_of
from hitbtc_keycheck.requests import (
    PATHS,
    PROBES,
    Channel,
    ErrorReading,
    Form,
    Probe,
    Reading,
    Stage,
)
from hitbtc_keycheck.settings import REQUIRED, SETTINGS, Setting, State, Wanted
from tests.core.world import english

BY_NAME = {probe.name: probe for probe in PROBES}
SETTLING = [probe for probe in PROBES if probe.stage is not Stage.PING]
READINGS = [(probe, shows) for probe in PROBES for shows in probe.errors]
EVERY_CODE = sorted({*CODES, *(shows.code for _, shows in READINGS), 7, 999_999})
EVERY_STATUS = (200, 204, 301, 400, 401, 403, 404, 429, 500, 503, 504)

# One right, one request: what HitBTC's documentation says, written down a second time.
DOCUMENTED = {
    "login-trading": (Setting.STATUS, "login on /api/3/ws/trading", {1002: "off", 1004: "off"}),
    "login-wallet": (Setting.STATUS, "login on /api/3/ws/wallet", {1002: "off", 1004: "off"}),
    "spot-balances": (Setting.READ, "spot_balances on /api/3/ws/trading", {1003: "off"}),
    "spot-fees": (Setting.TRADE, "spot_fees on /api/3/ws/trading", {1003: "off"}),
    "wallet-balances": (Setting.PAYMENT, "wallet_balances on /api/3/ws/wallet", {1003: "off"}),
    "sub-account": (Setting.STATUS, "GET /api/3/sub-account", {1002: "off", 1004: "off"}),
    "spot-balance": (Setting.READ, "GET /api/3/spot/balance", {1003: "off"}),
    "spot-fee": (Setting.TRADE, "GET /api/3/spot/fee", {1003: "off"}),
    "wallet-balance": (Setting.PAYMENT, "GET /api/3/wallet/balance", {1003: "off"}),
    "rollback": (
        Setting.WITHDRAW,
        "DELETE /api/3/wallet/crypto/withdraw/{id}",
        {1003: "off", 20004: "on", 20005: "on", 20006: "on", 20007: "on", 800: "on"},
    ),
    "reach": (Setting.STATUS, "open on /api/3/ws/public", {}),
}
HTTP = {1002: 401, 1003: 403, 1004: 401, 20004: 400, 20005: 400, 20006: 400, 20007: 400, 800: 404}


def status_over(probe: Probe, status: int) -> int | None:
    return status if probe.channel is Channel.REST else None


def test_the_table_asks_what_the_documentation_says_and_nothing_else() -> None:
    assert {
        probe.name: (
            probe.setting,
            probe.target,
            {shows.code: shows.reading.value for shows in probe.errors},
        )
        for probe in PROBES
    } == DOCUMENTED
    assert {shows.code: shows.status for _, shows in READINGS} == HTTP


@pytest.mark.parametrize(("probe", "shows"), READINGS, ids=lambda it: getattr(it, "name", ""))
def test_an_error_in_the_table_shows_what_it_says(probe: Probe, shows: ErrorReading) -> None:
    status = status_over(probe, shows.status)
    assert (
        reading_of(probe, Answer(kind=Kind.ERROR, status=status, code=shows.code)) is shows.reading
    )


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_every_other_error_shows_nothing(probe: Probe) -> None:
    known = {(shows.code, shows.status) for shows in probe.errors}
    for code in (None, *EVERY_CODE):
        for status in EVERY_STATUS:
            if (code, status) not in known:
                error = Answer(kind=Kind.ERROR, status=status, code=code)
                assert reading_of(probe, error) is Reading.NOTHING
        if code not in {shows.code for shows in probe.errors}:
            assert reading_of(probe, Answer(kind=Kind.ERROR, code=code)) is Reading.NOTHING


@pytest.mark.parametrize("probe", SETTLING, ids=lambda probe: probe.name)
def test_a_result_of_the_documented_form_shows_the_right(probe: Probe) -> None:
    expected = Reading.ALARM if probe.name == "rollback" else Reading.ON
    answer = Answer(kind=Kind.RESULT, status=status_over(probe, 200), result=probe.example)
    assert reading_of(probe, answer) is expected


LISTS: tuple[object, ...] = ([], [{"symbol": "X"}], [{"currency": "X"}], {"result": []})
SHAPES: tuple[object, ...] = (
    None,
    False,
    True,
    0,
    1,
    "",
    "true",
    {},
    {"status": "maintenance"},
    {"result": {}},
    {"result": True},
    [[]],
    [None],
    [{}],
    [{"available": "1"}, {}],
    [{"take_rate": "1"}, 5],
    *LISTS,
)
FITTING: dict[Form, tuple[object, ...]] = {
    Form.TRUE: (True,),
    Form.OBJECT: ({"result": []},),
    Form.NONE: (),
}


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_a_result_of_another_form_shows_nothing(probe: Probe) -> None:
    if probe.name == "rollback":
        return
    item = {"symbol": "X"} if probe.setting is Setting.TRADE else {"currency": "X"}
    lists = ([], [item]) if probe.setting is not Setting.TRADE else ([item],)
    fitting = FITTING.get(probe.form, lists)
    for shape in SHAPES:
        expected = Reading.ON if any(shape is one or shape == one for one in fitting) else None
        expected = None if probe.form is Form.TRUE and shape is not True else expected
        shown = reading_of(probe, Answer(kind=Kind.RESULT, status=200, result=shape))
        assert (shown, shape) == (expected or Reading.NOTHING, shape)


@pytest.mark.parametrize("probe", PROBES, ids=lambda probe: probe.name)
def test_what_cannot_be_read_shows_nothing(probe: Probe) -> None:
    for status in (None, 301, 400, 403, 500):
        answer = Answer(kind=Kind.UNREADABLE, status=status, result=probe.example)
        assert reading_of(probe, answer) is Reading.NOTHING


def done(status: int | None, result: object) -> Answer:
    return Answer(kind=Kind.RESULT, status=status, result=result)


NOT_DONE: tuple[object, ...] = (
    True,
    {},
    [],
    {"result": False},
    {"result": 1},
    {"result": True, "code": 403},
    {"ret_code": 33004},
    None,
)


def test_a_success_of_the_rollback_is_an_alarm_only_in_the_form_of_hitbtcs_answers() -> None:
    rollback = BY_NAME["rollback"]
    for status in (200, 202, 204, 299):
        assert reading_of(rollback, Answer(kind=Kind.UNREADABLE, status=status)) is Reading.NOTHING
        assert reading_of(rollback, done(status, {"result": True})) is Reading.ALARM
        for other in NOT_DONE:
            assert reading_of(rollback, done(status, other)) is Reading.NOTHING
    for odd in (None, 199, 300, 403):
        assert reading_of(rollback, done(odd, {"result": True})) is Reading.NOTHING


HTML, JSON_ERROR = "<!DOCTYPE html><title>No", '{"code":"InvalidContent"}'


@pytest.mark.parametrize(
    ("status", "text", "name"),
    [
        (451, "", "blocked"),
        (403, HTML, "blocked"),
        (403, "error code: 1020", "blocked"),
        (200, "Error code: 1020", "blocked"),
        (403, "", "refused"),
        (403, JSON_ERROR, "refused"),
        (403, '{"error":"Forbidden"}', "refused"),
        (401, HTML, "refused"),
        (401, '{"error":[1]}', "refused"),
        (401, '{"error":{"code":77777}}', "refused"),
        *((status, text, "trouble") for status in (500, 502, 520, 599) for text in ("", HTML)),
        (502, '{"error":"Bad gateway"}', "trouble"),
        (200, HTML, "elsewhere"),
        (200, '{"ret_code":33004}', "elsewhere"),
        (204, "", "elsewhere"),
        (302, "", "elsewhere"),
        (400, JSON_ERROR, "elsewhere"),
        (405, HTML, "elsewhere"),
        (404, '{"error":"Not Found"}', None),
        (400, '{"error":{"code":77777}}', None),
        (200, '{"error":[1]}', "elsewhere"),
        (403, "error code: 1009", "blocked"),
        (None, HTML, None),
    ],
)
def test_an_answer_without_a_known_code_points_at_something_or_at_nothing(
    status: int | None, text: str, name: str | None
) -> None:
    sign = sign_of(read_rest(status, text))
    assert (sign and sign.name) == name


def test_a_known_code_stands_above_a_sign() -> None:
    busy = read_rest(502, '{"error":{"code":429}}')
    assert trouble_of(BY_NAME["spot-balance"], busy) is CODES[429]
    lost = read_rest(502, "")
    assert trouble_of(BY_NAME["spot-balance"], lost) is sign_of(lost)


def test_each_sign_is_a_sentence_with_advice_and_never_the_keys_fault() -> None:
    for sign in SIGNS:
        assert re.fullmatch(r"[A-Z].*\.", english(sign.meaning))
        assert re.fullmatch(r"[A-Z].*\.", english(sign.advice))
        assert sign.fault in (Fault.EXCHANGE, Fault.NETWORK)


def test_an_empty_list_of_balances_is_an_answer() -> None:
    for name in ("spot-balances", "spot-balance", "wallet-balances", "wallet-balance"):
        assert reading_of(BY_NAME[name], Answer(kind=Kind.RESULT, result=[])) is Reading.ON


def test_nothing_is_sent_that_could_move_or_order_anything() -> None:
    verbs = {probe.method for probe in PROBES if probe.channel is Channel.REST}
    assert verbs == {"GET", "DELETE"}
    deletes = [probe for probe in PROBES if probe.method == "DELETE"]
    assert [(p.name, p.path) for p in deletes] == [
        ("rollback", "/api/3/wallet/crypto/withdraw/{id}")
    ]
    calls = {probe.method for probe in PROBES if probe.channel is not Channel.REST}
    assert calls == {"login", "spot_balances", "spot_fees", "wallet_balances", ""}


def test_every_address_is_of_version_3() -> None:
    for path in (*PATHS.values(), *(probe.path for probe in PROBES if probe.path)):
        assert path.startswith("/api/3/")
        assert not re.search(r"/api/2|\.\.|%|//", path)


def test_names_are_unique_and_each_channel_is_entered_first() -> None:
    assert len(BY_NAME) == len(PROBES)
    for channel in (Channel.TRADING, Channel.WALLET, Channel.REST):
        stages = [probe.stage for probe in PROBES if probe.channel is channel]
        assert stages[0] is Stage.LOGIN
        assert stages.count(Stage.LOGIN) == 1


def test_each_right_that_an_api_shows_is_asked_for_both_ways() -> None:
    over_sockets = {Channel.TRADING, Channel.WALLET}
    for setting in (Setting.STATUS, *REQUIRED):
        channels = {probe.channel for probe in PROBES if probe.setting is setting}
        assert channels & over_sockets
        assert Channel.REST in channels
    assert not [probe for probe in PROBES if probe.setting is Setting.IP_WHITELIST]


def test_a_probe_is_asked_in_words() -> None:
    for probe in PROBES:
        assert re.fullmatch(r"[A-Z].*[.?]", english(probe.about))


# Codes of HitBTC's documentation: the HTTP status, and whose trouble it is.
DOCUMENTED_CODES = {
    1001: (401, Fault.OURS),
    1002: (401, Fault.PASTE),
    1003: (403, Fault.KEY),
    1004: (401, Fault.PASTE),
    1005: (401, Fault.EXCHANGE),
    1006: (400, Fault.EXCHANGE),
    403: (401, Fault.EXCHANGE),
    600: (400, Fault.EXCHANGE),
    800: (404, Fault.KEY),
    10001: (400, Fault.OURS),
    10021: (400, Fault.EXCHANGE),
    20004: (400, Fault.KEY),
    20005: (400, Fault.KEY),
    20006: (400, Fault.KEY),
    20007: (400, Fault.KEY),
    20018: (400, Fault.EXCHANGE),
    20044: (400, Fault.EXCHANGE),
    429: (429, Fault.EXCHANGE),
    500: (500, Fault.EXCHANGE),
    503: (503, Fault.EXCHANGE),
    504: (504, Fault.EXCHANGE),
    1: (None, Fault.OURS),
    404: (None, Fault.OURS),
    2003: (None, Fault.OURS),
}


def test_every_documented_code_is_known_and_no_other() -> None:
    assert {c.code: (c.status, c.fault) for c in CODES.values()} == DOCUMENTED_CODES
    assert all(code == entry.code for code, entry in CODES.items())


def test_codes_of_the_account_and_the_one_worth_asking_again() -> None:
    assert {code for code, c in CODES.items() if c.account} == {403, 600, 1005, 1006, 10021}
    assert {code for code, c in CODES.items() if c.again} == {429}


def test_each_code_is_a_sentence_with_advice() -> None:
    for code in CODES.values():
        assert re.fullmatch(r"[A-Z].*\.", english(code.meaning))
        assert re.fullmatch(r"[A-Z].*\.", english(code.advice))


def test_an_error_is_known_by_its_code_with_the_status_it_is_documented_with() -> None:
    for code, known in CODES.items():
        assert code_of(Answer(kind=Kind.ERROR, code=code)) is known
        fits = code_of(Answer(kind=Kind.ERROR, status=known.status, code=code))
        assert fits is known
        odd = code_of(Answer(kind=Kind.ERROR, status=418, code=code))
        assert odd is (known if known.again else None)
    assert code_of(Answer(kind=Kind.ERROR, status=503, code=7)) is None


@pytest.mark.parametrize("status", [429, 500, 503, 504])
def test_a_status_that_is_a_code_too_speaks_where_no_code_came(status: int) -> None:
    assert code_of(Answer(kind=Kind.UNREADABLE, status=status)) is CODES[status]


@pytest.mark.parametrize("status", [None, 0, 1, 200, 403, 404, 600])
def test_another_status_is_no_code(status: int | None) -> None:
    assert code_of(Answer(kind=Kind.UNREADABLE, status=status)) is None


def test_a_code_of_the_table_under_another_status_is_no_known_answer() -> None:
    rollback, balances = BY_NAME["rollback"], BY_NAME["spot-balance"]
    assert code_for(rollback, Answer(kind=Kind.ERROR, status=400, code=20004)) is CODES[20004]
    assert code_for(rollback, Answer(kind=Kind.ERROR, status=404, code=20004)) is None
    assert code_for(balances, Answer(kind=Kind.ERROR, status=404, code=20004)) is None
    assert code_for(balances, Answer(kind=Kind.ERROR, status=400, code=20004)) is CODES[20004]
    assert code_for(balances, Answer(kind=Kind.ERROR, status=401, code=1003)) is None
    assert code_for(balances, Answer(kind=Kind.ERROR, status=400, code=7)) is None


@pytest.mark.parametrize(
    ("items", "holds"),
    [
        ([], False),
        ([{"currency": "BTC", "available": "0", "reserved": "0.000"}], False),
        ([{"currency": "BTC", "available": "0.1", "reserved": "0"}], True),
        ([{"currency": "BTC", "available": "0", "reserved": "2"}], True),
        ([{"currency": "BTC", "available": 3}], True),
        ([{"currency": "BTC", "available": "0"}, {"currency": "X", "reserved": "1e-8"}], True),
        ([{"currency": "BTC", "available": "-1", "reserved": "nan"}], None),
        ([{"currency": "BTC", "available": "much", "reserved": "0"}], None),
        ([{"currency": "BTC", "available": None, "reserved": "0"}], None),
        ([{"currency": "BTC", "available": None}, {"currency": "X", "available": "1"}], True),
        ([{"currency": "BTC", "available": {"a": [1]}}], None),
        ([{"currency": "BTC", "reserved": "0"}], None),
        ([{"currency": "BTC", "available": "0"}], False),
        ([{"balance": "1"}], None),
        ({"available": "1"}, None),
        (True, None),
    ],
)
def test_of_amounts_only_whether_there_is_any_is_kept(items: object, holds: bool | None) -> None:
    for name in ("spot-balances", "spot-balance", "wallet-balances", "wallet-balance"):
        assert holds_anything(BY_NAME[name], Answer(kind=Kind.RESULT, result=items)) is holds


def test_no_other_answer_says_whether_there_is_anything() -> None:
    rich = [{"currency": "BTC", "available": "1", "symbol": "BTCUSDT"}]
    for name in ("spot-fees", "spot-fee", "sub-account", "login-trading", "rollback"):
        assert holds_anything(BY_NAME[name], Answer(kind=Kind.RESULT, result=rich)) is None
    refused = Answer(kind=Kind.ERROR, code=1003, result=rich)
    assert holds_anything(BY_NAME["spot-balances"], refused) is None


def test_the_boxes_are_those_of_the_form_in_its_order() -> None:
    assert [(box.setting, box.label, box.wanted) for box in SETTINGS.values()] == [
        (Setting.STATUS, "Status", Wanted.ON),
        (Setting.READ, "Order book, History, Spot balance", Wanted.ON),
        (Setting.TRADE, "Place/cancel orders", Wanted.ON),
        (Setting.PAYMENT, "Payment information", Wanted.ON),
        (Setting.WITHDRAW, "Withdraw cryptocurrencies", Wanted.OFF),
        (Setting.IP_WHITELIST, "IP whitelist", Wanted.DISABLED),
    ]
    assert all(setting is box.setting for setting, box in SETTINGS.items())
    assert REQUIRED == (Setting.READ, Setting.TRADE, Setting.PAYMENT)


def test_the_words_of_the_contract_are_kept() -> None:
    assert [state.value for state in State] == [
        "as-required",
        "not-as-required",
        "could-not-tell",
        "cannot-be-seen",
    ]
    assert [fault.value for fault in Fault] == [
        "none",
        "paste",
        "key",
        "exchange",
        "network",
        "ours",
    ]
    assert [setting.value for setting in Setting] == [
        "status",
        "read",
        "trade",
        "payment",
        "withdraw",
        "ip-whitelist",
    ]
