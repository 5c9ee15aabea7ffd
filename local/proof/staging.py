"""What a run begins with: the story, Xledger and its limits, and the twins that the functions are given."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random

from local.moment.app import application
from local.proof import belonging, many
from local.proof.deployment import FINGERPRINT, MOMENT, SECRETS, XLEDGER, Twins, secret
from local.proof.desk import BORDVIK, OLD_KEY, tell_of_desk
from local.proof.doors import Door
from local.proof.outside import Outside, QueuesTwin
from local.proof.queues import Queue
from local.proof.routes import IMPORT_CODE, LASTVIK, PASSWORD, SOAP_USER, tell_of_routes
from local.proof.stage import Setting, Stage
from local.proof.story import IN_XLEDGER, LAST, TOKENS, Cast, Story, keep_some_back, tell
from local.proof.vaults import SecretsTwin
from local.twins.world import START
from local.xledger.plan import Plan, parse_plan
from local.xledger.server import XledgerApp
from local.xledger.times import CENTRAL_EUROPE
from moment_xledger.adapters.secrets import Vault
from moment_xledger.domain.companies import Company, Secrets, Token
from moment_xledger.domain.settings_faults import BadSettings
from moment_xledger.flows.save_company import save_company

_IN_XLEDGER = {Cast.BELONGING: belonging.IN_XLEDGER, Cast.MANY: many.IN_XLEDGER}
LONG_AGO = timedelta(days=60)  # before the date of any invoice: what is older than we are stays in Moment
KEY_LIFE = 900  # seconds: so that some logon keys are refused, and renewed


def twins(
    stage: Stage, secrets: SecretsTwin, outside: Outside, queues: Mapping[str, Queue], random: Random
) -> Twins:
    """With the companies of the story in them, as their administrators have set them up."""
    tokens = belonging.BEGIN_WITH
    for company in stage.story.companies:
        if company.id == BORDVIK:
            _save(company, OLD_KEY, stage)
        elif company.id in tokens:
            _save_as_far_as_it_goes(company, tokens[company.id], stage, secrets)
        else:
            _put(company, stage, secrets)
    clients = {
        "sqs": QueuesTwin(outside, queues),
        "s3": stage.bucket,
        "ses": stage.post,
        "secretsmanager": secrets,
    }
    keys = {"key-of-moment": {company.id for company in stage.story.companies}}
    doors = {
        MOMENT: Door(outside, application(stage.moment, keys)),
        XLEDGER: Door(outside, XledgerApp(stage.server)),
    }
    return Twins(stage.ledger, clients, doors, stage.network, outside.scheduler, random)


def vault_of(secrets: SecretsTwin) -> Vault:
    """As the console has it."""
    secrets.create_secret(Name=FINGERPRINT, SecretString="key of the fingerprints")
    return Vault(secrets, SECRETS, FINGERPRINT)  # type: ignore[arg-type]


def _put(company: Company, stage: Stage, secrets: SecretsTwin) -> None:
    login = (SOAP_USER, PASSWORD) if company.id == LASTVIK else None
    text = secret((TOKENS | many.TOKENS)[company.token_id].secret, login)
    secrets.create_secret(Name=SECRETS + company.id, SecretString=text)
    stage.ledger.companies.save(company)


def _save_as_far_as_it_goes(company: Company, token: str, stage: Stage, secrets: SecretsTwin) -> None:
    """One whose entity another company has is refused; so it is put there, as an older release would have saved it."""
    try:
        _save(company, token, stage)
    except BadSettings:
        stage.refused_saves.append(company.id)
        secrets.create_secret(Name=SECRETS + company.id, SecretString=secret(token))
        token_id = stage.vault.fingerprint(Token(token))
        stage.ledger.companies.save(company.model_copy(update={"token_id": token_id}))


def _save(company: Company, token: str, stage: Stage) -> None:
    """One whose settings will be changed, so that they are saved as the console saves them."""
    settings = company.model_dump(mode="json", exclude={"token_id"})
    keys = Secrets(Token(token), Token("key-of-moment"))
    save_company(settings, keys, stage.ledger, stage.vault, lambda: START - LONG_AGO, stage.network.url)


def story_of(random: Random, setting: Setting, requests_per_hour: int | None) -> Story:
    if setting.cast is Cast.BELONGING:
        return belonging.tell_of_belonging(random, setting.size, requests_per_hour)
    if setting.cast is Cast.MANY:
        return many.tell_of_many(random, setting.size, requests_per_hour)
    books = setting.cast in (Cast.BOOKS, Cast.ALL)
    story = tell(random, setting.size, requests_per_hour) if books else Story([])
    if setting.cast in (Cast.ROUTES, Cast.ALL):
        tell_of_routes(story, random, setting.size, requests_per_hour)
    if setting.cast in (Cast.DESK, Cast.ALL):
        tell_of_desk(story, random, setting.size, requests_per_hour)
    keep_some_back(story, random)
    return story


def on_the_wall(since_start: timedelta) -> str:
    return (START + since_start).astimezone(CENTRAL_EUROPE).replace(tzinfo=None).isoformat(" ", "seconds")


def plan_of(random: Random, setting: Setting) -> Plan:
    rates = setting.rates
    owner = {Cast.BELONGING: belonging.GROUP, Cast.MANY: many.FIRST_OWNER_CODE}.get(setting.cast, LAST)
    return parse_plan(
        {
            **_IN_XLEDGER.get(setting.cast, IN_XLEDGER),
            "credits_per_hour": random.choice([None, 40, 500]),
            "seed": setting.seed,
            "errors_5xx": rates.server_errors / 2,
            "errors_5xx_after": rates.server_errors / 2,
            "cut_bodies": rates.server_errors / 2,
            "half_done": rates.half_done,
            "soap": {
                "users": [{"userName": SOAP_USER, "password": PASSWORD, "ownerCode": owner}],
                "own_import_codes": {IMPORT_CODE: "standard"},
                "ledger": {"ownerCode": owner, "lines": 0},
                "key_life_seconds": KEY_LIFE,
                "soap_faults": rates.refusals,
                "html_pages": rates.refusals,
            },
        }
    )
