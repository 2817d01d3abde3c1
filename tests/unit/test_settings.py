"""Settings of services: only safe addresses are taken, nothing secret is repeated. How much of a task is reviewed."""

import hashlib
from decimal import Decimal

import pytest
from pydantic import ValidationError

from app.errors import SettingsError
from app.settings import FrontierSettings, ProviderConfig, Ramp, ReviewStage, Settings, load_settings, save_settings

_HASHES = [hashlib.sha256(str(index).encode()).hexdigest() for index in range(4000)]


def config_at(url: str, **changes) -> ProviderConfig:
    return ProviderConfig(id="one", kind="openai_chat", base_url=url, model="big", **changes)


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.org/v1",
        "http://127.0.0.1:8080/v1",
        "http://localhost:11434/v1",
        "http://[::1]:8080/v1",
        "https://10.0.0.7/v1",
    ],
)
def test_safe_addresses_are_taken(url):
    assert config_at(url).host


@pytest.mark.parametrize(
    "url",
    [
        "api.example.org/v1",
        "ftp://api.example.org",
        "https:///v1",
        "http://api.example.org/v1",
        "http://127.0.0.1.example.org/v1",
        "http://localhost.example.org/v1",
        "http://10.0.0.7/v1",
        "https://key@api.example.org/v1",
        "https://user:key@api.example.org/v1",
        "https://api.example.org/v1?key=secret",
        "https://api.example.org/v1#key",
        "https://api.example.org/v1 x",
        "https://api.example.org/\r\nx",
    ],
)
def test_unsafe_addresses_are_refused_and_not_repeated(url):
    with pytest.raises(ValidationError) as caught:
        config_at(url)
    assert "key" not in str(caught.value).replace("neither a key nor", "")
    assert url not in str(caught.value)


def test_a_server_of_the_own_network_is_spoken_to_plainly_only_if_allowed_and_named_by_its_address():
    assert config_at("http://192.168.1.20:8000/v1", allow_plain_http=True).host == "192.168.1.20"
    for url in ("http://8.8.8.8/v1", "http://server.lan/v1"):
        with pytest.raises(ValidationError):
            config_at(url, allow_plain_http=True)


def test_asking_is_off_and_capped_to_begin_with():
    frontier = Settings().frontier
    assert (frontier.opted_in, frontier.provider) == (False, None)
    assert frontier.monthly_cap > 0
    assert frontier.batch_cap > 0
    assert Settings().offline


def test_services_are_stored_to_the_cent_and_read_again(tmp_path):
    provider = config_at("https://api.example.org/v1", input_price=Decimal("0.1"), output_price=Decimal("2.345678"))
    settings = Settings(frontier=FrontierSettings(opted_in=True, provider=provider, monthly_cap=Decimal("0.30"), batch_cap=None))
    save_settings(settings, tmp_path / "settings.json")
    assert load_settings(tmp_path / "settings.json") == settings


def test_a_file_with_a_key_in_an_address_is_refused_without_repeating_it(tmp_path):
    file = tmp_path / "settings.json"
    save_settings(Settings(frontier=FrontierSettings(provider=config_at("https://api.example.org/v1"))), file)
    file.write_text(file.read_text().replace("https://api", "https://sk-secret-0815@api"))
    with pytest.raises(SettingsError) as caught:
        load_settings(file)
    assert "frontier.provider" in caught.value.user_text
    assert "0815" not in caught.value.user_text
    assert "0815" not in str(caught.value.__cause__)


def test_everything_is_above_every_confidence() -> None:
    assert Ramp(stage=ReviewStage.EVERYTHING).review_below(_HASHES[0]) > 1


@pytest.mark.parametrize(("stage", "below"), [(ReviewStage.DOUBTFUL, 0.8), (ReviewStage.SAMPLE, 0.0)])
def test_a_twentieth_of_the_documents_is_drawn(stage: ReviewStage, below: float) -> None:
    ramp = Ramp(stage=stage, threshold=0.8, sample=0.05)
    drawn = [ramp.review_below(sha256) for sha256 in _HASHES]
    assert set(drawn) == {below, max(drawn)}
    assert 0.035 < drawn.count(max(drawn)) / len(drawn) < 0.065


def test_the_same_document_is_always_drawn_or_never() -> None:
    ramp = Ramp(stage=ReviewStage.SAMPLE, sample=0.5)
    assert [ramp.review_below(sha256) for sha256 in _HASHES[:50]] == [ramp.review_below(sha256) for sha256 in _HASHES[:50]]


def test_no_sample_draws_nothing() -> None:
    assert all(Ramp(stage=ReviewStage.SAMPLE, sample=0).review_below(sha256) == 0 for sha256 in _HASHES)


def test_a_task_without_a_ramp_is_reviewed_as_the_settings_say() -> None:
    settings = Settings(review_below=0.6, ramps={"invoice": Ramp(stage=ReviewStage.DOUBTFUL, threshold=0.9, sample=0)})
    assert settings.review_below_of("receipt", _HASHES[0]) == 0.6
    assert settings.review_below_of("invoice", _HASHES[0]) == 0.9
    assert Settings.model_validate_json(settings.model_dump_json()) == settings


def test_a_task_may_have_a_model_of_its_own(tmp_path):
    settings = Settings(model="all").with_task_model("invoice", "large").with_task_model("receipt", "large")
    save_settings(settings, tmp_path / "settings.json")
    assert load_settings(tmp_path / "settings.json") == settings
    assert [settings.model_of(task) for task in ("invoice", "letter", "")] == ["large", "all", "all"]
    assert settings.with_task_model("invoice", "").task_models == {"receipt": "large"}
    assert settings.with_task_model("invoice", "small").without_model("large").task_models == {"invoice": "small"}


@pytest.mark.parametrize(("named", "left"), [("large", ""), ("large:q4_0", ""), ("larger", "larger")])
def test_a_model_that_is_gone_is_asked_for_no_more(named, left):
    assert Settings(model=named).without_model("large").model == left


def test_changes_made_at_the_same_time_stay_both():
    before = Settings(task_models={"letter": "small", "resume": "small"})
    one = before.with_task_model("invoice", "large").with_task_model("letter", "")
    other = before.with_task_model("receipt", "large").model_copy(update={"offline": False})
    both = one.with_changes(before, other)
    assert both.task_models == {"resume": "small", "invoice": "large", "receipt": "large"}
    assert not both.offline
    assert before.with_changes(before, before) == before
