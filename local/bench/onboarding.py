"""2,000 new customers and 3,000 new projects of theirs at once."""

from local.bench.load import new_customers, new_projects
from local.bench.naive import add_one_by_one
from local.twins.world import World

CUSTOMERS, PROJECTS = 2_000, 3_000


def ours() -> int:
    """Requests, until all are in Xledger once."""
    world = World()
    world.receive(*new_customers(CUSTOMERS))
    world.receive(*new_projects(PROJECTS, CUSTOMERS))
    world.run()
    return _requests(world)


def naive() -> int:
    world = World()
    add_one_by_one(world, CUSTOMERS, PROJECTS)
    return _requests(world)


def _requests(world: World) -> int:
    held = len(world.held("customers")), len(world.held("projects"))
    if held != (CUSTOMERS, PROJECTS):
        raise ValueError(
            f"Xledger holds {held} customers and projects; {CUSTOMERS, PROJECTS} were to be there"
        )
    total: int = world.requests["total"]
    return total
