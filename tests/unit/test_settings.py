"""Settings: from the environment or from files, and one clear line when something is wrong."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from lti_tool import settings

GOOD = {
    "PEER_MENTOR_PUBLIC_URL": "https://tool.example/",
    "PEER_MENTOR_SECRET_KEY": "s" * 40,
    "PEER_MENTOR_ENCRYPTION_KEY": Fernet.generate_key().decode(),
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_defaults_are_an_sqlite_file_and_no_record_store(environment: pytest.MonkeyPatch) -> None:
    loaded = settings.load()
    assert loaded.public_url == "https://tool.example"
    assert loaded.database_url.startswith("sqlite:///var/")
    assert loaded.lrs_endpoint is None
    assert not loaded.allow_loopback


def test_a_value_can_lie_in_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("from the file\n")
    environment.setenv("PEER_MENTOR_LRS_PASSWORD_FILE", str(secret))
    assert settings.load().lrs_password == "from the file"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("PEER_MENTOR_PUBLIC_URL", "tool.example", "PEER_MENTOR_PUBLIC_URL must be a URL"),
        ("PEER_MENTOR_SECRET_KEY", "short", "PEER_MENTOR_SECRET_KEY must have at least 32 characters"),
        ("PEER_MENTOR_ENCRYPTION_KEY", "no key", "PEER_MENTOR_ENCRYPTION_KEY must be a Fernet key"),
        ("PEER_MENTOR_LRS_VERSION", "1.0", "PEER_MENTOR_LRS_VERSION "),
        ("PEER_MENTOR_LRS_TOKEN_URL", "https://id.example/token", "PEER_MENTOR_LRS_CLIENT_ID is not set"),
        ("PEER_MENTOR_LRS_CLIENT_SECRET", "s", "PEER_MENTOR_LRS_TOKEN_URL is not set"),
        ("PEER_MENTOR_LRS_PASSWORD_FILE", "/nowhere", "PEER_MENTOR_LRS_PASSWORD_FILE cannot be read"),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    environment: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    environment.setenv(name, value)
    with pytest.raises(settings.SettingsError) as refused:
        settings.load()
    assert str(refused.value).startswith(said)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_a_missing_setting_is_named(environment: pytest.MonkeyPatch, name: str) -> None:
    environment.delenv(name)
    with pytest.raises(settings.SettingsError, match=f"^{name} is not set$"):
        settings.load()
