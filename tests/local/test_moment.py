"""Moment's API, asked over HTTP as any client would."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from local.moment import start
from local.sample import generate

KEY, OTHER_KEY = "key-of-acme", "key-of-nobody"
EVENTS = list(generate("acme", customers=230, projects=12, invoices=20, credit_notes=2, seed=4, edits=3))
EXPENSE = {
    "description": "Flybillett Oslo–Tromsø",
    "amount": "2499.50",
    "supplier": "Vinge Reiser AS",
    "invoiceDate": "2026-11-02",
    "projectNumber": "P-1001",
}


class Client:
    """The company's base address with a key."""

    def __init__(self, url: str, key: str = KEY, company: str = "acme", user: str = "apikey") -> None:
        self.url, self._base = url, f"{url}/api/1.0/companies/{company}"
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = (user, key)

    def __call__(self, method: str, path: str, **options: Any) -> requests.Response:
        return self._session.request(method, f"{self._base}/{path}", timeout=5, **options)

    def content(self, path: str, **parameters: Any) -> list[dict[str, Any]]:
        answer = self("GET", path, params=parameters)
        assert answer.status_code == 200, answer.text
        return list(answer.json()["content"])

    def state(self) -> dict[str, Any]:
        return dict(self._session.get(f"{self.url}/_state", timeout=5).json())

    def tell(self, what: str, text: str) -> requests.Response:
        return self._session.post(f"{self.url}/{what}", data=text.encode(), timeout=5)

    def close(self) -> None:
        self._session.close()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with start(EVENTS, {KEY: ["acme"], OTHER_KEY: []}) as running:
        yield running.url


@pytest.fixture
def moment(url: str) -> Iterator[Client]:
    client = Client(url)
    yield client
    client.close()


class TestWhoMayAsk:
    @pytest.mark.parametrize(
        ("login", "status"),
        [
            pytest.param({"key": "wrong"}, 401, id="an unknown key"),
            pytest.param({"user": "somebody"}, 401, id="a user name that is not apikey"),
            pytest.param({"key": OTHER_KEY}, 403, id="a key of another company"),
            pytest.param({"company": "elsewhere"}, 403, id="a company that the key does not open"),
        ],
    )
    def test_others_are_refused(self, url: str, login: dict[str, str], status: int) -> None:
        stranger = Client(url, **login)
        answer = stranger("GET", "customers")
        stranger.close()
        assert (answer.status_code, answer.json()["status"]) == (status, status)
        assert ("WWW-Authenticate" in answer.headers) == (status == 401)

    def test_without_a_login_nothing_is_told(self, url: str) -> None:
        with requests.Session() as session:
            session.trust_env = False
            assert session.get(f"{url}/api/1.0/companies/acme/customers", timeout=5).status_code == 401


class TestLists:
    def test_fifty_a_page_and_the_pages_hold_everything_once(self, moment: Client) -> None:
        first = moment("GET", "customers").json()
        assert first["page"] == {"totalElements": 230}
        pages = [moment.content("customers", page=number) for number in range(1, 7)]
        assert [len(page) for page in pages] == [50, 50, 50, 50, 30, 0]
        assert len({customer["id"] for page in pages for customer in page}) == 230

    def test_only_the_newest_version_is_kept(self, moment: Client) -> None:
        [edited] = moment.content("customers", id=4001)
        assert edited["version"] == 2

    def test_chosen_by_ids(self, moment: Client) -> None:
        assert [project["id"] for project in moment.content("projects", ids="70003,70001,1")] == [
            70001,
            70003,
        ]

    def test_chosen_by_a_text(self, moment: Client) -> None:
        assert [found["name"] for found in moment.content("customers", query="ÆRFUGL")] == [
            "Ærfuglveien Borettslag"
        ]

    def test_sorted_both_ways(self, moment: Client) -> None:
        numbers = [
            invoice["invoiceNumber"] for invoice in moment.content("invoices", sort="invoiceNumber,desc")
        ]
        assert numbers == list(range(10022, 10000, -1))
        dates = [invoice["invoiceDate"] for invoice in moment.content("invoices", sort="invoiceDate")]
        assert dates == sorted(dates)

    def test_what_changed_lately_is_found_but_was_not_created_lately(self, moment: Client) -> None:
        edited = moment.content("customers", lastModifiedDateFrom="2025-12-01", size=200)
        assert [customer["id"] for customer in edited] == [4001, 4002, 4003]
        assert moment.content("customers", createdDateFrom="2025-12-01T00:00:00Z") == []
        assert len(moment.content("customers", createdDateTo="2025-11-30", size=200)) == 200

    def test_a_date_without_a_time_is_the_whole_day(self, moment: Client) -> None:
        day = moment.content("invoices", createdDateFrom="2025-12-01", createdDateTo="2025-12-01")
        assert [invoice["invoiceNumber"] for invoice in day] == [10001]

    @pytest.mark.parametrize(
        "parameters",
        [
            {"page": "0"},
            {"size": "201"},
            {"size": "x"},
            {"ids": "1;2"},
            {"createdDateTo": "soon"},
            {"sort": "id,up"},
            {"sort": "address"},
            {"colour": "red"},
        ],
        ids=str,
    )
    def test_a_parameter_that_makes_no_sense_is_named(
        self, moment: Client, parameters: dict[str, str]
    ) -> None:
        answer = moment("GET", "customers", params=parameters)
        assert answer.status_code == 400
        assert next(iter(parameters)) in answer.json()["message"]


class TestOneRecord:
    def test_is_what_was_published(self, moment: Client) -> None:
        published = next(event["data"] for event in EVENTS if event["subject"] == "invoices/900004")
        assert moment("GET", "invoices/900004").json() == published

    @pytest.mark.parametrize("path", ["customers/1", "moons", "moons/1", "customers/x", "invoices/1/pdf"])
    def test_what_is_not_there_is_a_404_in_json(self, moment: Client, path: str) -> None:
        answer = moment("GET", path)
        assert answer.status_code == 404
        assert answer.json()["error"] == "Not Found"

    def test_customers_cannot_be_written_here(self, moment: Client) -> None:
        assert moment("POST", "customers", json={}).status_code == 405
        assert moment("DELETE", "customers/4001").status_code == 405

    def test_an_invoice_comes_as_a_pdf_always_the_same(self, moment: Client) -> None:
        answer = moment("GET", "invoices/900001/pdf")
        assert answer.headers["Content-Type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert answer.content == moment("GET", "invoices/900001/pdf").content


class TestExpenses:
    def test_one_that_is_written_can_be_read_and_found(self, moment: Client) -> None:
        created = moment("POST", "expenses", json=EXPENSE | {"externalId": "xl-77"})
        assert created.status_code == 201
        expense = created.json()
        assert expense.items() >= (EXPENSE | {"billable": True, "projectId": 70001, "version": 1}).items()
        assert moment("GET", f"expenses/{expense['id']}").json() == expense
        assert moment.content("expenses", query="xl-77") == [expense]

    def test_each_gets_an_id_of_its_own_even_if_it_says_the_same(self, moment: Client) -> None:
        ids = [moment("POST", "expenses/", json=EXPENSE).json()["id"] for _ in range(2)]
        assert ids[0] != ids[1]

    @pytest.mark.parametrize("method", ["PUT", "PATCH"])
    def test_a_change_keeps_the_rest(self, moment: Client, method: str) -> None:
        old = moment("POST", "expenses", json=EXPENSE).json()
        new = moment(method, f"expenses/{old['id']}", json={"amount": "-10.00", "projectNumber": "P-1002"})
        assert new.json() == old | {
            "version": 2,
            "amount": "-10.00",
            "projectNumber": "P-1002",
            "projectId": 70002,
        }

    @pytest.mark.parametrize("amount", [2499.5, 100, "-0.01"])
    def test_an_amount_may_be_a_number_or_a_text(self, moment: Client, amount: object) -> None:
        assert moment("POST", "expenses", json=EXPENSE | {"amount": amount}).json()["amount"] == str(amount)

    @pytest.mark.parametrize(
        ("wrong", "named"),
        [
            ({"description": None}, "description"),
            ({"amount": "much"}, "amount"),
            ({"amount": "1.005"}, "amount"),
            ({"invoiceDate": "2026-02-30"}, "invoiceDate"),
            ({"billable": "yes"}, "billable"),
            ({"projectNumber": "P-9999"}, "no such project"),
            ({"projectId": 70001}, "exactly one of projectId and projectNumber"),
            ({"colour": "red"}, "colour"),
        ],
        ids=str,
    )
    def test_a_wrong_field_is_named_and_nothing_is_written(
        self, moment: Client, wrong: dict[str, object], named: str
    ) -> None:
        before = moment.state()["expenses"]
        answer = moment("POST", "expenses", json=EXPENSE | wrong)
        assert answer.status_code == 400
        assert named in answer.json()["message"]
        assert moment.state()["expenses"] == before

    @pytest.mark.parametrize("body", [b"", b"{", b"[]"])
    def test_a_body_that_is_not_an_object_is_refused(self, moment: Client, body: bytes) -> None:
        old = moment("POST", "expenses", json=EXPENSE).json()
        assert moment("POST", "expenses", data=body).status_code == 400
        assert moment("PATCH", f"expenses/{old['id']}", data=body).status_code == 400


class TestBesideTheApi:
    def test_the_state_tells_what_is_known_and_what_was_asked(self) -> None:
        with start(EVENTS, {KEY: ["acme"]}) as running:
            client = Client(running.url)
            client("GET", "customers")
            client("GET", "customers/4001")
            state = client.state()
            client.close()
        assert {name: len(state[name]) for name in ("customers", "projects", "invoices", "expenses")} == {
            "customers": 230,
            "projects": 12,
            "invoices": 22,
            "expenses": 0,
        }
        assert state["customers"][0]["company"] == "acme"
        assert state["requests"] == {"GET customers": 2}

    def test_further_events_are_taken_and_older_ones_are_not(self, moment: Client) -> None:
        later = (
            '{"type":"team.moment.project.saved","momentcompany":"acme","time":"2026-11-20T09:00:00Z","data":'
        )
        lines = [later + '{"id":9,"version":%d,"projectNumber":"P-9","name":"Sti"}}' % v for v in (2, 1)]  # noqa: UP031
        assert moment.tell("_events", "\n".join(lines)).json() == {"taken": 1}
        assert moment("GET", "projects/9").json()["version"] == 2

    @pytest.mark.parametrize("text", ["no json", "{}", '{"type":"team.moment.offer.saved"}'])
    def test_what_is_no_event_is_refused(self, moment: Client, text: str) -> None:
        assert moment.tell("_events", text).status_code == 400

    def test_a_lost_answer_leaves_what_was_asked_done(self, moment: Client) -> None:
        before = len(moment.state()["expenses"])
        assert moment.tell("_faults", "lost").json() == {"coming": 1}
        with pytest.raises(requests.ConnectionError):
            moment("POST", "expenses", json=EXPENSE)
        assert len(moment.state()["expenses"]) == before + 1

    def test_an_ordered_status_is_answered_once_and_nothing_is_done(self, moment: Client) -> None:
        before = moment.state()["expenses"]
        moment.tell("_faults", "503 429")
        assert [moment("POST", "expenses", json=EXPENSE).status_code for _ in range(2)] == [503, 429]
        assert moment.state()["expenses"] == before
        assert moment("GET", "expenses").status_code == 200

    def test_an_unknown_fault_is_refused(self, moment: Client) -> None:
        assert moment.tell("_faults", "rain").status_code == 400
