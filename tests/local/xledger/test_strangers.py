"""Documents shaped like those that public clients of Xledger send, written without this simulator in mind."""

from typing import Any

import pytest

from tests.local.xledger.caller import ADD_COMPANIES, ADD_CUSTOMERS, ADD_PROJECTS, Caller, customer, unlimited


@pytest.fixture
def caller() -> Caller:
    """With a customer 10001 of company 923609016, and a project P1 of it."""
    caller = unlimited()
    company = {"description": "Fjord Bygg AS", "companyNumber": "923609016", "country": {"code": "NO"}}
    (company_id,) = caller.add(ADD_COMPANIES, company)
    caller.add(ADD_CUSTOMERS, customer("10001", company_id))
    project = {"code": "P1", "description": "Brygge", "subledger": {"code": "10001"}}
    caller.add(ADD_PROJECTS, project | {"company": {"description": "Fjord Bygg AS"}})
    return caller


def test_a_property_company_adds_a_tenant_with_everything_written_into_the_text(caller: Caller) -> None:
    company = caller.xledger.seen()["companies"][0]["dbId"]
    document = f"""mutation AddCustomers {{
      addCustomers(inputs: [{{ node: {{ company: {{dbId: {company}}}, code: "7", description: "Kari",
       streetAddress: "Gate 1", zipCode: "5013", place: "Bergen" }} }}])
      {{ edges {{ node {{dbId}} }} }} }}"""
    caller.data(document)
    assert caller.codes("customers") == ["10001", "7"]


def test_it_looks_up_tenants_by_code(caller: Caller) -> None:
    document = """
      query ($first: Int!, $filter: Customer_Filter, $after: String) {
        customers(first: $first, filter: $filter, after: $after) {
          edges { cursor node { code description phone companyDbId modifiedAt
            address { streetAddress streetNumber zipCode place } company { companyNumber } } }
          pageInfo { hasNextPage } } }"""
    found = caller.data(document, first=100, filter={"code_in": ["10001", "10002"]})["customers"]
    assert found["pageInfo"] == {"hasNextPage": False}
    assert found["edges"][0]["node"]["company"] == {"companyNumber": "923609016"}


def test_it_changes_a_tenant_by_the_older_form(caller: Caller) -> None:
    db_id = caller.xledger.seen()["customers"][0]["dbId"]
    document = f'mutation UpdateContact {{ updateCustomer(dbId: "{db_id}", place: "Voss") {{ dbId }} }}'
    assert caller.data(document) == {"updateCustomer": {"dbId": db_id}}
    assert caller.xledger.seen()["customers"][0]["address"]["place"] == "Voss"


def test_a_public_adapter_adds_a_company_and_its_customer_by_the_older_forms(caller: Caller) -> None:
    company = caller.data('mutation { addCompany(companyNumber: "971526920") { dbId } }')["addCompany"][
        "dbId"
    ]
    document = 'mutation($c: Int64String) { addCustomer(companyDbId: $c, code: "2", description: "SSB") '
    caller.data(document + "{ dbId company { companyNumber } } }", c=str(company))
    assert caller.xledger.seen()["customers"][1]["company"]["companyNumber"] == "971526920"


def test_the_vendors_sample_reads_projects_that_changed(caller: Caller) -> None:
    document = """
      query ($after: String, $since: DateTimeString) {
        projects(first: 10000, after: $after, filter: { modifiedAt_gte: $since }) {
          edges { cursor node {
            fromDate toDate dbId code description createdAt modifiedAt text ownerDbId email yourReference
            extIdentifier external billable fixedClient allowPosting timesheetEntry accessControl assignment
            activity extOrder contract progressDate pctCompleted overview expenseLedger fundProject
            invoiceHeader invoiceFooter totalRevenue yearlyRevenue contractedRevenue totalCost yearlyCost
            totalEstimateHours yearlyEstimateHours budgetCoveragePercent mainProjectDbId shortInfo
            shortInternalInfo xgl { dbId code } glObject1 { dbId code } glObject5 { dbId code } } }
          pageInfo { hasNextPage } } }"""
    (edge,) = caller.data(document, since="2026-11-23T10:00:00")["projects"]["edges"]
    assert edge["cursor"] == str(edge["node"]["dbId"])
    assert edge["node"]["totalRevenue"] == "0.00"
    assert caller.data(document, since="2026-11-23T10:15:04")["projects"]["edges"] is None


def test_a_data_pipeline_follows_the_feed_and_fetches_by_db_id(caller: Caller) -> None:
    feed = """query get_project_deltas($first: Int, $last: Int, $after: String) {
      project_deltas(first: $first, last: $last, after: $after) {
        edges { node { dbId mutationType } cursor } pageInfo { hasNextPage } } }"""
    (edge,) = caller.data(feed, first=1000)["project_deltas"]["edges"]
    assert edge["node"]["mutationType"] == "ADDED"
    fetch = """query get_projects($first: Int, $after: String, $dbIdList: [Int!]) {
      projects(first: $first, after: $after, filter: { dbId_in: $dbIdList }) {
        edges { node { dbId code company { description country } projectManager { dbId description }
          customer { code address { country { description } } } } cursor } pageInfo { hasNextPage } } }"""
    ids = [int(edge["node"]["dbId"])]
    (found,) = caller.data(fetch, first=1000, dbIdList=ids)["projects"]["edges"]
    assert found["node"]["company"] == {"description": "Fjord Bygg AS", "country": "NO"}


def test_a_cloud_pipeline_adds_customers_in_a_list_with_its_own_ids(caller: Caller) -> None:
    document = """mutation AddCustomers($inputs: [AddCustomersInput!]!) {
      addCustomers(inputs: $inputs) { edges { clientId node { dbId code subledgerGroup { code } } } } }"""
    company = caller.xledger.seen()["companies"][0]["dbId"]
    node: dict[str, Any] = {"code": "3", "description": "Ny", "company": {"dbId": str(company)}}
    node |= {"subledgerGroup": {"code": "10"}, "language": {"code": "NO"}, "paymentNotification": True}
    (edge,) = caller.data(document, inputs=[{"clientId": "row-1", "node": node}])["addCustomers"]["edges"]
    assert edge["clientId"] == "row-1"
    assert edge["node"]["subledgerGroup"] == {"code": "10"}


def test_a_go_client_reads_the_books_of_the_entities_below(caller: Caller) -> None:
    chart = caller.data("{ accounts(first: 1) { edges { node { chartOfAccountDbId } } } }")
    chart_id = chart["accounts"]["edges"][0]["node"]["chartOfAccountDbId"]
    document = """query($chart: Int) {
      accounts(first: 10000, objectStatus: OPEN, ownerSet: LOWER, filter: {chartOfAccountDbId: $chart}) {
        edges { node { dbId code description posting vat chartOfAccount { name } } } } }"""
    edges = caller.data(document, chart=chart_id)["accounts"]["edges"]
    assert {edge["node"]["chartOfAccount"]["name"] for edge in edges} == {"Norsk standard kontoplan"}
    one = caller.data("query($id: ID) { subledger(dbId: $id) { code } }", id=50000002)
    assert one == {"subledger": {"code": "10001"}}
