# mypy: ignore-errors
"""The smallest Django site that Open edX's LTI platform code runs in.

Runs under the Python of the environment that holds `lti-consumer-xblock`, never under the tool's own:
`python driver.py PORT TOOL_URL`. When it listens it prints what the tool has to know of it, as JSON on one
line. What Open edX itself would answer (who may edit a course, where a grade goes, which members it has) is
answered here.
"""

import json
import sys
from types import SimpleNamespace

import django
from django.conf import settings

PORT, TOOL = int(sys.argv[1]), sys.argv[2]
BASE = f"http://127.0.0.1:{PORT}"
LOCATION = "block-v1:Test+Mentoring+2026+type@lti_consumer+block@peer"
COURSE = "course-v1:Test+Mentoring+2026"
PEOPLE = {"teacher": "instructor", "learner": "student", "helper": "staff"}

settings.configure(
    SECRET_KEY="only-for-this-test",
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    USE_TZ=True,
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "rest_framework",
        "lti_consumer",
    ],
    MIDDLEWARE=["edx_django_utils.cache.middleware.RequestCacheMiddleware", f"{__name__}.somebody"],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    USAGE_ID_PATTERN=r"(?P<usage_id>(?:i4x://?[^/]+/[^/]+/[^/]+/[^@]+(?:@[^/]+)?)|(?:[^/]+))",
    PLATFORM_NAME="Open edX",
    LMS_ROOT_URL=BASE,
    LTI_BASE=BASE,
    LTI_API_BASE=BASE,
    LEARNING_MICROFRONTEND_URL=BASE,
)


def somebody(get_response):
    """Middleware: a user on every request, as Open edX's sessions give it; who it is, nobody here looks."""

    def answer(request):
        request.user = SimpleNamespace(id=1, is_authenticated=True)
        return get_response(request)

    return answer


django.setup()

from django.core.management import call_command  # noqa: E402 - Django must be set up first
from django.http import HttpResponseRedirect, JsonResponse  # noqa: E402
from django.urls import include, path  # noqa: E402
from lti_consumer import api  # noqa: E402
from lti_consumer.data import Lti1p3LaunchData  # noqa: E402
from lti_consumer.models import (  # noqa: E402
    Lti1p3Passport,
    LtiAgsScore,
    LtiConfiguration,
    LtiDlContentItem,
)
from lti_consumer.plugin import compat  # noqa: E402
from opaque_keys.edx.keys import UsageKey  # noqa: E402

GRADEBOOK = {}


class Block:
    """The unit in the course that the tool is placed in."""

    display_name = "Find a peer mentor"
    context_id = COURSE
    lti_1p3_passport_id = ""
    has_score = True
    accept_grades_past_due = True
    weight = 100
    scope_ids = SimpleNamespace(usage_id=UsageKey.from_string(LOCATION))

    def is_past_due(self):
        return False

    def max_score(self):
        return 100

    def set_user_module_score(self, user, score, maximum, comment):
        GRADEBOOK[user] = {"part": score, "maximum": maximum, "comment": comment}


def members(_course_key):
    return {
        number: {
            "id": number,
            "username": name,
            "email": f"{name}@example.test",
            "name": f"{name.title()} Test",
            "roles": [PEOPLE[name]],
            "profile": {"name": f"{name.title()} Test"},
        }
        for number, name in enumerate(PEOPLE, 1)
    }


def external_ids(_users):
    return {number: SimpleNamespace(external_user_id=name) for number, name in enumerate(PEOPLE, 1)}


compat.load_enough_xblock = lambda _location: Block()
compat.load_block_as_user = lambda _location: Block()
compat.get_user_from_external_user_id = lambda name: name
compat.user_has_studio_write_access = lambda *_who: True
compat.get_course_members = members
compat.batch_get_or_create_externalids = external_ids
compat.merge_course_forum_roles = lambda *_members: None
compat.nrps_pii_disallowed = lambda: False


def configure():
    """One placement of the tool, as an author makes it in Studio; the tool may add columns."""
    passport = Lti1p3Passport.objects.create(
        name="Peer Mentor", lti_1p3_client_id="openedx-client", lti_1p3_tool_keyset_url=f"{TOOL}/lti/jwks"
    )
    return LtiConfiguration.objects.create(
        version=LtiConfiguration.LTI_1P3,
        config_store=LtiConfiguration.CONFIG_ON_DB,
        location=LOCATION,
        lti_1p3_passport=passport,
        lti_1p3_oidc_url=f"{TOOL}/lti/login",
        lti_1p3_launch_url=f"{TOOL}/lti/launch",
        lti_advantage_ags_mode=LtiConfiguration.LTI_ADVANTAGE_AGS_PROGRAMMATIC,
        lti_advantage_deep_linking_enabled=True,
        lti_advantage_deep_linking_launch_url=f"{TOOL}/lti/launch",
        lti_advantage_enable_nrps=True,
    )


def launch_data(person):
    return Lti1p3LaunchData(
        user_id=person,
        external_user_id=person,
        user_role=PEOPLE[person],
        config_id=CONFIGURATION.config_id,
        resource_link_id=LOCATION,
        name=f"{person.title()} Test",
        email=f"{person}@example.test",
        context_id=COURSE,
        context_type=["course_offering"],
        context_title="Mentoring",
        context_label="MENT",
    )


def open_unit(_request, person):
    """What a click on the unit does: the first step of a launch, to the chosen item if there is one."""
    return HttpResponseRedirect(api.get_lti_1p3_content_url(launch_data(person)))


def choose_content(_request, person):
    """What an author's click on "Deep Linking Launch - Configure tool" does."""
    return HttpResponseRedirect(api.get_lti_1p3_launch_start_url(launch_data(person), deep_link_launch=True))


def state(_request):
    """What has arrived, for the test to read."""
    return JsonResponse(
        {
            "gradebook": GRADEBOOK,
            "scores": [
                {"user": score.user_id, "given": score.score_given, "maximum": score.score_maximum}
                for score in LtiAgsScore.objects.order_by("id")
            ],
            "items": [item.attributes for item in LtiDlContentItem.objects.order_by("id")],
        }
    )


urlpatterns = [
    path("unit/<person>", open_unit),
    path("choose/<person>", choose_content),
    path("state", state),
    path("api/", include("lti_consumer.plugin.urls")),
]


def registration():
    info = api.get_lti_1p3_launch_info(launch_data("teacher"))
    return {
        "issuer": BASE,
        "client_id": info["client_id"],
        "deployment_id": info["deployment_id"],
        "auth_url": info["oidc_callback"],
        "token_url": info["token_url"],
        "jwks_url": info["keyset_url"],
    }


if __name__ == "__main__":
    from wsgiref.simple_server import make_server

    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    CONFIGURATION = configure()
    # One thread: the database in memory belongs to it.
    server = make_server("127.0.0.1", PORT, get_wsgi_application())
    print(json.dumps(registration()), flush=True)
    server.serve_forever()
