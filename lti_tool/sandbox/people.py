"""The people of the demo: invented names of many languages and scripts, with their zones and languages.

Ids are stable: they are the `sub` of every launch, and the demo's seeding refers to them.
"""

from lti_tool.sandbox.config import CourseSeed, GroupSetSeed, PersonSeed, ResourceLinkSeed
from lti_tool.sandbox.vocabulary import (
    ROLE_INSTITUTION_ADMINISTRATOR,
    ROLE_INSTRUCTOR,
    ROLE_LEARNER,
    ROLE_MENTOR,
    ROLE_SYSTEM_ADMINISTRATOR,
    ROLE_TEACHING_ASSISTANT,
)

LEARNER = (ROLE_LEARNER,)
INSTRUCTOR = (ROLE_INSTRUCTOR,)
EXPERT = (ROLE_INSTRUCTOR, ROLE_TEACHING_ASSISTANT)
ADMINISTRATOR = (ROLE_SYSTEM_ADMINISTRATOR, ROLE_INSTITUTION_ADMINISTRATOR)


def _person(
    identifier: str,
    given_name: str,
    family_name: str,
    locale: str,
    zoneinfo: str,
    roles: tuple[str, ...] = LEARNER,
    *,
    family_first: bool = False,
    shares_profile: bool = True,
) -> PersonSeed:
    parts = (family_name, given_name) if family_first else (given_name, family_name)
    return PersonSeed(
        id=identifier,
        name=" ".join(part for part in parts if part),
        given_name=given_name,
        family_name=family_name,
        email=f"{identifier}@example.edu",
        locale=locale,
        zoneinfo=zoneinfo,
        roles=roles,
        shares_profile=shares_profile,
    )


BIO101_LEARNERS = (
    _person("learner-01", "Ana", "Souza", "pt-BR", "America/Sao_Paulo"),
    _person("learner-02", "Bo", "Lindström", "sv-SE", "Europe/Stockholm"),
    _person("learner-03", "Thị Mai", "Nguyễn", "vi-VN", "Asia/Ho_Chi_Minh", family_first=True),
    _person("learner-04", "ليلى", "حدّاد", "ar", "Africa/Cairo"),
    _person("learner-05", "आरव", "शर्मा", "hi-IN", "Asia/Kolkata"),
    _person("learner-06", "結衣", "佐藤", "ja-JP", "Asia/Tokyo", family_first=True),
    _person("learner-07", "Ọláwálé", "Adébáyọ̀", "yo-NG", "Africa/Lagos"),
    _person("learner-08", "Łukasz", "Wiśniewski", "pl-PL", "Europe/Warsaw"),
    _person("learner-09", "Zoë", "Müller-Groß", "de-DE", "Europe/Berlin"),
    _person("learner-10", "Ελένη", "Παπαδοπούλου", "el-GR", "Europe/Athens"),
    _person("learner-11", "Олена", "Шевчук", "uk-UA", "Europe/Kyiv"),
    _person("learner-12", "민준", "김", "ko-KR", "Asia/Seoul", family_first=True),
    _person("learner-13", "נועה", "לוי", "he-IL", "Asia/Jerusalem"),
    _person("learner-14", "José María", "Peña Ibáñez", "es-MX", "America/Mexico_City"),
    _person("learner-15", "Aoife", "Ní Bhriain", "ga-IE", "Europe/Dublin"),
    _person("learner-16", "சுமதி", "", "ta-IN", "Asia/Kolkata"),  # one name only, as is usual for many Tamils
    _person("learner-17", "Şeyma", "Yıldız", "tr-TR", "Europe/Istanbul"),
    _person("learner-18", "思远", "陈", "zh-CN", "Asia/Shanghai", family_first=True),
    _person("learner-19", "Amélie", "Tremblay", "fr-CA", "America/Toronto"),
    _person("learner-20", "Wanjirũ", "Kamau", "sw-KE", "Africa/Nairobi"),
    _person("learner-21", "Matiu", "Tūhoe", "mi-NZ", "Pacific/Auckland"),
    _person("learner-22", "สมชาย", "ใจดี", "th-TH", "Asia/Bangkok"),
    _person("learner-23", "Sam", "Withheld", "en-GB", "Europe/London", shares_profile=False),
    _person("learner-24", "Kaimana", "Kealoha", "en-US", "Pacific/Honolulu"),
)
BIO101_STAFF = (
    _person("instructor-1", "Ingrid", "Ferreira", "en-GB", "Europe/Lisbon", INSTRUCTOR),
    _person("expert-1", "Tomasz", "Ndiaye", "en", "Europe/Paris", EXPERT),
    _person("expert-2", "Priya", "Okonkwo", "en-IN", "Asia/Kolkata", EXPERT),
)
ADMIN = _person("admin-1", "Dana", "Whitfield", "en-US", "America/New_York", ADMINISTRATOR)


def _learners(*numbers: int) -> tuple[str, ...]:
    return tuple(f"learner-{number:02}" for number in numbers)


BIO101_GROUP_SETS = (
    GroupSetSeed(
        "labs",
        "Lab groups",
        {
            "Lab A": _learners(*range(1, 9)),
            "Lab B": _learners(*range(9, 17)),
            "Lab C": _learners(*range(17, 24)),
        },
    ),
    GroupSetSeed(
        "tutorials",
        "Tutorials",
        {"Monday tutorial": _learners(*range(1, 25, 2)), "Thursday tutorial": _learners(*range(2, 25, 2))},
    ),
)
BIO101 = CourseSeed(
    id="BIO101",
    label="BIO101",
    title="Cell biology and statistics",
    resource_links=(
        ResourceLinkSeed("find-a-peer-mentor", "Find a peer mentor", maximum=100),
        ResourceLinkSeed("winter-study-partners", "Winter study partners", maximum=100),
        ResourceLinkSeed("all-peer-mentoring", "All peer mentoring"),
    ),
    people=BIO101_STAFF + BIO101_LEARNERS,
    group_sets=BIO101_GROUP_SETS,
)
STA200 = CourseSeed(
    id="STA200",
    label="STA200",
    title="Applied statistics",
    resource_links=(ResourceLinkSeed("sta200-find-a-peer-mentor", "Find a peer mentor", maximum=100),),
    people=(
        _person("sta-instructor-1", "Henrik", "Dahl", "nb-NO", "Europe/Oslo", INSTRUCTOR),
        _person("sta-learner-01", "Inês", "Carvalho", "pt-PT", "Europe/Lisbon"),
        _person("sta-learner-02", "Rahul", "Mehta", "en-IN", "Asia/Kolkata"),
        _person("sta-learner-03", "Māra", "Bērziņa", "lv-LV", "Europe/Riga"),
        _person("sta-observer-1", "Rosa", "Carvalho", "pt-PT", "Europe/Lisbon", (ROLE_MENTOR,)),
    ),
)
COURSES = (BIO101, STA200)
