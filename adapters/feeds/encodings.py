"""Decodes a file. An encoding is known, convincing, or asked for; it is never guessed."""

import codecs
from pathlib import Path

from core.application.catalogue.feed_files import UnreadableFile
from core.domain.errors import Invalid

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE_BYTES = 200_000
MOST_NAMED = 3
CHINESE, WESTERN = "gb18030", "cp1252"
SPREADSHEETS = [
    *(CHINESE, WESTERN, "big5", "cp932", "euc_jp", "cp949", "cp874", "mac_roman", "koi8_r"),
    *(f"cp{number}" for number in (1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)),
]
"""Encodings that spreadsheets and shops write."""

CONVINCING = 0.95
COMMON_LEADS = range(0xB0, 0xD8)
"""Rows of the 3,755 most common characters of GB 2312, in the order of their pronunciation."""

FIRST_SECOND_BYTE = 0xA1
PUNCTUATION_LEADS = range(0xA1, 0xA4)
HANGUL_LEADS = range(0xB0, 0xC9)
"""EUC-KR has its syllables in these rows. Half of a Chinese text is in the rows after them."""

MANY = 8
"""So many characters in a row are no coincidence."""


def read_text(path: Path, encoding: str = "", *, is_in_chinese: bool = False) -> str:
    """Decode a file. Short texts are read as Chinese only if the file is said to be in Chinese.

    Raises:
        UnreadableFile: the file is empty or binary, or its encoding is not certain.
    """
    text = _text(path.name, path.read_bytes(), encoding, is_in_chinese=is_in_chinese)
    if not text.strip():
        raise UnreadableFile(f"{path.name} is empty. Export it again.")
    return text


def decode_text(content: bytes) -> str:
    """`ports.text_files.DecodeText`."""
    try:
        return _text("file", content, is_in_chinese=True)
    except UnreadableFile as error:
        raise Invalid(
            "file", "This file cannot be read. Save it as CSV in UTF-8, then send it again."
        ) from error


def _text(name: str, content: bytes, encoding: str = "", *, is_in_chinese: bool) -> str:
    encoding = encoding or _encoding_of(name, content, is_in_chinese=is_in_chinese)
    return _decode(name, content, encoding).removeprefix("\ufeff")


def _encoding_of(name: str, content: bytes, *, is_in_chinese: bool) -> str:
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding
    if content.count(0) > len(content) // 100:
        raise UnreadableFile(f"{name} is not a text file. Export it as CSV or TSV, in UTF-8.")
    try:
        content.decode()
    except UnicodeDecodeError as error:
        sample = _sample(content)
        likely = _likely(sample)
        if CHINESE in likely and _is_chinese(sample, 1 if is_in_chinese else MANY):
            return CHINESE
        raise UnreadableFile(_advice(name, content, error, likely)) from error
    return "utf-8"


def _sample(content: bytes) -> bytes:
    """The first lines that are not ASCII."""
    lines: list[bytes] = []
    size = 0
    for line in content.splitlines():
        if not line.isascii() and size < SAMPLE_BYTES:
            lines.append(line)
            size += len(line)
    return b"\n".join(lines)


def _likely(sample: bytes) -> list[str]:
    """Names of encodings, the likeliest first."""
    from charset_normalizer import from_bytes  # noqa: PLC0415 -- it loads slowly

    matches = from_bytes(sample, cp_isolation=SPREADSHEETS)
    # The western one is the commonest by far, and a short text fits its neighbours as well.
    return sorted((match.encoding for match in matches), key=lambda name: name != WESTERN)


def _is_chinese(sample: bytes, at_least: int) -> bool:
    """True if it is GB 18030, and nearly all characters are common Chinese ones."""
    try:
        text = sample.decode(CHINESE)
    except UnicodeDecodeError:
        return False
    codes = [char.encode(CHINESE) for char in text if not char.isascii()]
    pairs = [code for code in codes if code[1] >= FIRST_SECOND_BYTE]
    common = [lead for lead, *_ in pairs if lead in COMMON_LEADS]
    marks = [lead for lead, *_ in pairs if lead in PUNCTUATION_LEADS]
    if len(common) >= MANY and all(lead in HANGUL_LEADS for lead in common):
        return False
    enough = len(common) + len(marks) >= CONVINCING * len(codes)
    return enough and len(common) >= at_least


def _advice(name: str, content: bytes, error: UnicodeDecodeError, likely: list[str]) -> str:
    line = content.count(b"\n", 0, error.start) + 1
    known = [each.replace("cp125", "windows-125") for each in likely[:MOST_NAMED]]
    advice = f"{name} is not UTF-8 (line {line}). Save it as UTF-8"
    if not known:
        return f"{advice}, or name its encoding with --encoding."
    return (
        f"{advice}, or name its encoding, such as --encoding {known[0]}."
        f" It looks like {' or '.join(known)}."
    )


def _decode(name: str, content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UnreadableFile(f"Line {line} of {name} is not {encoding}.") from error
