"""Every text a person reads stands in the catalogue, in both languages."""

import shutil
from pathlib import Path
from string import Formatter

import pytest

from campaign.messages import LOCALE, Catalogue, catalogue, language
from campaign.messages.extract import CHINESE, catalogue_of, main, messages, read, template, update, written
from campaign.messages.hatch_build import compile_catalogues
from campaign.problems import NOTHING, T

REMEDY = "run make catalogue and translate what is new in {path}"
SOURCES = {message for message, _ in messages()}
ENTRIES = {message.id: message for message in read(CHINESE) if message.id}


def test_chinese_has_every_message() -> None:
    missing = sorted(SOURCES - {name for name, entry in ENTRIES.items() if entry.string})
    assert not missing, REMEDY.format(path=CHINESE)


def test_chinese_has_no_message_that_is_gone() -> None:
    assert not sorted(set(ENTRIES) - SOURCES), REMEDY.format(path=CHINESE)
    assert not read(CHINESE).obsolete


def test_chinese_has_no_guess() -> None:
    assert not [entry.id for entry in ENTRIES.values() if entry.fuzzy]


def test_placeholders_are_the_same_in_both_languages() -> None:
    said = {name: str(entry.string) for name, entry in ENTRIES.items() if entry.string}
    wrong = [name for name, chinese in said.items() if names_in(name) != names_in(chinese)]
    assert not wrong


def names_in(text: str) -> set[str]:
    """Return the names in braces, such as `{entity}`; braces around anything else are text."""
    return {word for _, word, _, _ in Formatter().parse(text.replace("{}", "")) if word and word.isidentifier()}


def test_terms_follow_the_glossary() -> None:
    """One Chinese term, one identifier: the English word calls for the term, wherever it stands."""
    terms = {
        "responsibility letter": "责任书",
        "task statement": "任务书",
        "liaison": "专人",
        "accountable officer": "第一责任人",
    }
    wrong = [
        (name, term)
        for name, entry in ENTRIES.items()
        for english, term in terms.items()
        if entry.string and english in name and term not in str(entry.string)
    ]
    assert not wrong


def test_an_update_of_the_shipped_file_loses_no_translation(tmp_path: Path) -> None:
    copy = Path(shutil.copy(CHINESE, tmp_path / "campaign.po"))
    fresh = {message.id: message.string for message in update(copy) if message.id}
    assert all(fresh[name] == entry.string for name, entry in ENTRIES.items() if name in fresh)


# --- extraction ----------------------------------------------------------------------------------------------------


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    """Return a small source tree with two messages, one of them said twice."""
    for folder in ("src", "cli"):
        (tmp_path / folder).mkdir()
    (tmp_path / "src" / "a.py").write_text('x = T("one {a}", a=1)\ny = T("two "\n  "parts")\n', encoding="utf-8")
    (tmp_path / "cli" / "b.py").write_text('z = T("one {a}", a=2)\nno = other("three")\n', encoding="utf-8")
    return tmp_path


def test_every_marked_text_is_found_once(sources: Path) -> None:
    found = {message.id: message.locations for message in template(sources) if message.id}
    assert set(found) == {"one {a}", "two parts"}
    assert [file for file, _ in found["one {a}"]] == ["cli/b.py", "src/a.py"]


def test_translations_are_kept_and_gone_messages_dropped(sources: Path, tmp_path: Path) -> None:
    path = tmp_path / "x.po"
    path.write_text(
        'msgid ""\nmsgstr "Language: zh\\n"\n\nmsgid "one {a}"\nmsgstr "一{a}"\n\nmsgid "old"\nmsgstr "旧"\n',
        encoding="utf-8",
    )
    fresh = update(path, sources)
    assert {message.id: message.string for message in fresh if message.id} == {"one {a}": "一{a}", "two parts": ""}
    assert path.read_bytes() == written(fresh)
    assert b"POT-Creation" not in path.read_bytes(), "no clock in the file"
    update(path, sources)
    assert path.read_bytes() == written(fresh), "a second run changes nothing"


def test_the_tool_says_what_waits_for_a_translator(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    copy = Path(shutil.copytree(LOCALE, tmp_path / "locale"))
    main(copy)
    sources = {message for message, _ in messages()}
    waiting = sources - {name for name, entry in ENTRIES.items() if entry.string}
    told = capsys.readouterr().out
    assert told == f"zh/LC_MESSAGES/campaign.po: {len(sources)} messages, {len(waiting)} to translate\n"


# --- saying --------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def chinese(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """Return the Chinese catalogue, compiled as the wheel compiles it."""
    compiled = Path(shutil.copytree(LOCALE, tmp_path_factory.mktemp("locale") / "locale"))
    compile_catalogues(compiled)
    return catalogue("zh", compiled)


def test_a_text_is_said_with_its_values(chinese: Catalogue) -> None:
    text = T("there is no group {group}", group="prefectures")
    assert catalogue("en").say(text) == "there is no group prefectures"
    assert chinese.say(text) == "没有分组 prefectures"


def test_what_is_not_in_the_catalogue_stays_english(chinese: Catalogue) -> None:
    assert chinese.say(T("xyzzy {a}", a="吉林")) == "xyzzy 吉林"
    assert chinese.say(NOTHING) == ""
    assert chinese.word("") == ""


def test_a_value_that_is_a_message_is_said_too_but_an_identifier_stays() -> None:
    said = {"see {what}": "见{what}", "a list of things": "一份清单", "target": "目标"}
    small = Catalogue("zh", lambda text: said.get(text, text))
    assert small.say(T("see {what}", what="a list of things")) == "见一份清单"
    assert small.say(T("see {what}", what="target")) == "见target"
    assert small.say(T("see {status}", status="target")) == "see 目标", "a word of ours, by the value's name"
    assert small.word("target") == "目标"


def test_a_text_within_a_text_is_said_with_its_own_values() -> None:
    said = {"{who}: {reason}": "{who}：{reason}", "{count} are {status}": "{count} 个{status}", "open": "未办结"}
    small = Catalogue("zh", lambda text: said.get(text, text))
    outer = T("{who}: {reason}", who="一汽", reason=T("{count} are {status}", count=3, status="open"))
    assert small.say(outer) == "一汽：3 个未办结"


def test_values_with_braces_do_no_harm(chinese: Catalogue) -> None:
    text = T("there is no group {group}", group="{group}{x}")
    assert chinese.say(text) == "没有分组 {group}{x}"


def test_the_compiled_file_says_what_the_source_says(chinese: Catalogue) -> None:
    source = catalogue_of(CHINESE)
    assert source.lang == "zh"
    assert all(chinese.word(name) == source.word(name) for name in ENTRIES)


def test_without_a_compiled_file_texts_stay_english(tmp_path: Path) -> None:
    assert catalogue("zh", tmp_path).say(T("nothing")) == "nothing"


@pytest.mark.parametrize(
    ("chosen", "environ", "lang"),
    [
        ("zh", {"LC_ALL": "en_US"}, "zh"),
        ("", {}, "en"),
        ("", {"LANG": "zh_CN.UTF-8"}, "zh"),
        ("", {"LC_ALL": "C", "LANG": "zh_CN.UTF-8"}, "en"),
        ("", {"LC_MESSAGES": "zh_TW", "LANG": "en_US"}, "zh"),
    ],
)
def test_the_language(chosen: str, environ: dict[str, str], lang: str) -> None:
    assert language(chosen, environ) == lang
