"""What holds for folders: kept in a file, read again when it changes, and never loosened by a fault or a link."""

import pytest

from app.domain.policy import PlacePolicy, Policies, RoutingChange
from app.domain.privacy import PrivacyClass
from app.domain.task import Task, TaskField, TaskKind
from app.errors import PolicyFileError
from app.jobs.policies import PolicyFile, must_hide, policy_of

TASK = Task.model_validate(
    {"id": "bill", "kind": TaskKind.EXTRACT, "fields": (TaskField(name="total"),), "privacy": {"class": "allowed"}}
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "policies.toml"


def test_without_a_file_nothing_is_set(path):
    assert PolicyFile(path).in_force() == Policies()


def test_what_is_saved_is_loaded(path):
    policies = Policies(
        everywhere=PrivacyClass.ASK,
        folders=(
            PlacePolicy(path=str(path.parent / "İşler"), privacy=PrivacyClass.NEVER),
            PlacePolicy(path=str(path.parent / "b"), routing=RoutingChange(send="document", confidence_below=0.9)),
        ),
        files=(PlacePolicy(path=str(path.parent / "c.pdf"), privacy=PrivacyClass.REDACTED),),
    )
    PolicyFile(path).save(policies)
    assert PolicyFile(path).load() == policies
    assert 'privacy = "never"' in path.read_text(encoding="utf-8")


def test_an_edit_by_hand_holds_at_once(path):
    kept = PolicyFile(path)
    assert kept.load() == Policies()
    path.write_text('everywhere = "never"\n')
    assert kept.load().everywhere is PrivacyClass.NEVER
    path.unlink()
    assert kept.load() == Policies()


def test_a_folder_may_be_written_from_home(path, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    path.write_text('[[folders]]\npath = "~/Clients"\nprivacy = "never"\n')
    policies = PolicyFile(path).in_force()
    assert policy_of(TASK, tmp_path / "Clients" / "one.pdf", policies).privacy is PrivacyClass.NEVER
    assert policy_of(TASK, tmp_path / "Other" / "one.pdf", policies).privacy is not PrivacyClass.NEVER


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[[folders]]\npath = "/a"\nprivacy = "nevr"\n', 3, "'never', 'ask', 'redacted' or 'allowed'"),
        ('[[folders]]\npath = "/a"\n\n[[folders]]\nprivacy = "ask"\n', 4, "'path' is missing"),
        ('[[folders]]\npath = "/a"\n[[folders]]\npath = "Clients"\n', 4, "full path"),
        ('[[folders]]\npath = "~nobody-of-this-name/Clients"\n', 2, "full path"),
        ('[[files]]\npath = "/a"\nprivate = true\n', 3, "not a key"),
        ('[[folders]]\npath = "/a"\n[folders.routing]\nconfidence_below = 1.5\n', 4, "at most 1"),
        ("[[folders\n", 1, ""),
        ("a = " + "[" * 2000, 1, ""),
    ],
)
def test_a_fault_is_named_with_its_line_and_nothing_leaves_meanwhile(path, text, line, words):
    path.write_text(text)
    with pytest.raises(PolicyFileError) as caught:
        PolicyFile(path).load()
    assert caught.value.params["line"] == str(line)
    assert words in caught.value.user_text
    policies = PolicyFile(path).in_force()
    assert policy_of(TASK, path.parent / "x.pdf", policies).privacy is PrivacyClass.NEVER


def test_a_file_that_is_no_text_lets_nothing_leave(path):
    path.write_bytes(b'everywhere = "ask"\n\xff')
    with pytest.raises(PolicyFileError) as caught:
        PolicyFile(path).load()
    assert caught.value.params["line"] == "2"
    path.unlink()
    path.mkdir()
    assert PolicyFile(path).in_force().everywhere is PrivacyClass.NEVER


def test_a_link_leads_around_nothing(path, tmp_path):
    real, link = tmp_path / "real", tmp_path / "link"
    real.mkdir()
    link.symlink_to(real, target_is_directory=True)
    (real / "x.pdf").write_bytes(b"")
    for named in (real, link):
        PolicyFile(path).save(Policies(folders=(PlacePolicy(path=str(named), privacy=PrivacyClass.NEVER),)))
        policies = PolicyFile(path).in_force()
        for document in (real / "x.pdf", link / "x.pdf"):
            assert policy_of(TASK, document, policies).privacy is PrivacyClass.NEVER
        assert policy_of(TASK, tmp_path / "y.pdf", policies).privacy is PrivacyClass.ALLOWED


def test_words_stay_hidden_under_every_name_of_a_document(path, tmp_path):
    (tmp_path / "clients").mkdir()
    document = tmp_path / "clients" / "bill.pdf"
    document.touch()
    link = tmp_path / "desk.pdf"
    link.symlink_to(document)
    PolicyFile(path).save(Policies(folders=(PlacePolicy(path=str(tmp_path / "clients"), privacy=PrivacyClass.REDACTED),)))
    policies = PolicyFile(path).in_force()
    assert must_hide(TASK, document, policies)
    assert must_hide(TASK, link, policies)
    assert not must_hide(TASK, tmp_path / "other.pdf", policies)
