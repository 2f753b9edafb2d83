"""Several results of one round, side by side."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.db import clock, models
from tests.cast import Cast, enter
from tests.integration.rooms.matching_rounds import (
    add_pairs,
    change,
    count,
    make_proposal,
    queries,
    rounds_url,
    run_job,
)

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def url(app: Flask, client: FlaskClient, session: Session, cast: Cast) -> str:
    enter(client, cast.instructor)
    return rounds_url(cast, f"/{make_proposal(app, client, session, cast).id}")


def make_another(app: Flask, client: FlaskClient, url: str, **form: str) -> str:
    asked = client.post(f"{url}/compare", data=form)
    assert asked.status_code == 303, asked.text
    run_job(app, int(asked.location.rsplit("/", 1)[1]))
    return client.get(client.get(asked.location).location).text


def test_another_way_stands_beside_the_first(app: Flask, client: FlaskClient, url: str) -> None:
    page = make_another(app, client, url, emphasis="times", added_places="1", most_places="1")

    assert "Shared times count most; the weakest fit is not raised first;" in page
    assert "every mentor takes 1 more; no mentor gets more than 1" in page
    assert "Proposal 2" in page


def test_the_same_people_and_recipe_give_the_same_pairs(
    app: Flask, client: FlaskClient, session: Session, cast: Cast
) -> None:
    enter(client, cast.instructor)
    add_pairs(session, cast, 12)
    found = []
    for _time in range(2):
        url = rounds_url(cast, f"/{make_proposal(app, client, session, cast).id}")
        make_another(app, client, url, emphasis="times")
        session.rollback()
        scenario = session.scalars(select(models.Scenario).order_by(models.Scenario.id.desc())).first()
        assert scenario is not None
        found.append([(pair.mentee_id, pair.mentor_id, pair.score) for pair in scenario.pairs])
    assert found[0] == found[1]


def test_what_exists_already_is_not_made_twice(client: FlaskClient, session: Session, url: str) -> None:
    answer = client.post(f"{url}/compare", data={"emphasis": "rules", "fair": "y"})

    assert "Proposal 1 was made exactly so." in client.get(answer.location).text
    assert count(session, models.Question) == 0


def test_a_chart_with_its_numbers_shows_how_well_people_fit_in_each(
    app: Flask, client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    with change(session):
        first, second = session.scalars(select(models.ScenarioPair).order_by(models.ScenarioPair.id))
        first.score, second.score = 8_000, 3_999
        first.scenario.summary = first.scenario.summary | {"mentees": 5}
    page = make_another(app, client, url, emphasis="topics", fair="y") and client.get(f"{url}/compare").text

    chart = page.split('<figure class="chart')[1].split("</figure>")[0]
    assert [name.split("<")[0] for name in chart.split('"chart-swatch"></span>')[1:]] == [
        "Very good fit",
        "Good fit",
        "Fair fit",
        "Loose fit",
        "No mentor",
    ]
    assert "style=" not in chart
    assert "<script" not in chart
    numbers = page.split("Show the numbers")[1].split("</tbody>")[0]
    row = numbers.split(">Proposal 1<")[1].split("</tr>")[0]
    assert re.findall(r">(\d+)</td>", row) == ["1", "0", "0", "1", "3"]
    assert ">Proposal 2<" in numbers


def test_any_of_them_can_be_published_and_then_no_other(
    app: Flask, client: FlaskClient, session: Session, url: str
) -> None:
    make_another(app, client, url, emphasis="rules", fair="y", most_places="1")
    session.rollback()
    first, second = session.scalars(select(models.Scenario.id).order_by(models.Scenario.id))

    assert client.post(f"{url}/scenarios/{first}/publish").status_code == 303
    refused = client.post(f"{url}/scenarios/{second}/publish")
    assert refused.status_code == 409
    assert "Another proposal of this round is published" in refused.text
    assert client.post(f"{url}/compare", data={"emphasis": "times"}).status_code == 409
    client.post(f"{url}/unpublish")
    assert client.post(f"{url}/scenarios/{second}/publish").status_code == 303
    session.rollback()
    published = select(models.Scenario.id).where(models.Scenario.published_at.is_not(None))
    assert session.scalars(published).all() == [second]
    assert "Published" in client.get(f"{url}/compare").text


@pytest.mark.parametrize("form", [{"emphasis": "luck"}, {"added_places": "6"}, {"most_places": "0"}])
def test_a_wrong_wish_is_told_at_its_field(
    client: FlaskClient, session: Session, url: str, form: dict[str, str]
) -> None:
    answer = client.post(f"{url}/compare", data={"emphasis": "rules"} | form)

    assert answer.status_code == 400
    assert "field-error" in answer.text
    assert count(session, models.Question) == 0


def test_a_cohort_that_is_over_gets_no_more_proposals(
    client: FlaskClient, session: Session, cast: Cast, url: str
) -> None:
    with change(session):
        cast.cohort.ends_on = clock.today() - timedelta(days=1)

    answer = client.post(f"{url}/compare", data={"emphasis": "times"})

    assert answer.status_code == 409
    assert "This cohort is over." in answer.text


def test_the_page_takes_as_many_queries_for_two_as_for_one(app: Flask, client: FlaskClient, url: str) -> None:
    before = queries(app, client, f"{url}/compare")
    make_another(app, client, url, emphasis="topics")
    assert queries(app, client, f"{url}/compare") == before
