"""Files that come with a claim from outside: few, small, and what they say they are."""

import io
import re
import zipfile

from odoo.tools.mimetypes import guess_mimetype

MIB = 1024 * 1024
MAX_FILES = 3
MAX_FILE_SIZE = 10 * MIB
MAX_TOTAL_SIZE = 20 * MIB
MAX_NAME = 120

OPEN_XML = "application/vnd.openxmlformats-officedocument."
OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
# What old Office files are when nothing in their first bytes says more.
OLE = ("application/msword", "application/x-ole-storage", "application/CDFV2")
TEXT = "text/plain"

# Extension: under which type it is kept, and which types its content may have. Neither
# archives nor anything that a browser or a computer would run.
KINDS = {
    "jpg": ("image/jpeg", ()),
    "jpeg": ("image/jpeg", ()),
    "png": ("image/png", ()),
    "gif": ("image/gif", ()),
    "webp": ("image/webp", ()),
    "pdf": ("application/pdf", ()),
    "doc": ("application/msword", OLE),
    "docx": (f"{OPEN_XML}wordprocessingml.document", ()),
    "xls": ("application/vnd.ms-excel", OLE),
    "xlsx": (f"{OPEN_XML}spreadsheetml.sheet", ()),
    "odt": (f"{OPEN_DOCUMENT}text", ()),
    "ods": (f"{OPEN_DOCUMENT}spreadsheet", ()),
    "txt": (TEXT, ()),
}
# For people, who do not distinguish jpg from jpeg.
KINDS_IN_WORDS = "JPG, PNG, GIF, WEBP, PDF, DOC, DOCX, XLS, XLSX, ODT, ODS, TXT"


def check_files(env, files):
    """Find what is wrong with files from outside.

    :param files: pairs of name and content
    :return: sentences, none where all is well
    """
    problems = []
    if len(files) > MAX_FILES:
        problems.append(
            env._(
                "Too many files: %(count)s. Choose up to %(most)s.",
                count=len(files),
                most=MAX_FILES,
            )
        )
    problems += [
        problem
        for name, content in files
        if (problem := check_file(env, name, content))
    ]
    if not problems and sum(len(content) for _name, content in files) > (
        MAX_TOTAL_SIZE
    ):
        problems.append(
            env._(
                "Together the files are larger than %(size)s MB. Choose fewer files.",
                size=MAX_TOTAL_SIZE // MIB,
            )
        )
    return problems


def check_file(env, name, content):
    name = file_name(name)
    kind = KINDS.get(extension(name))
    if not kind:
        return env._(
            "%(file)s: this kind of file is not accepted. Choose one of %(kinds)s.",
            file=name,
            kinds=KINDS_IN_WORDS,
        )
    if not content:
        return env._("%(file)s is empty. Choose another file.", file=name)
    if len(content) > MAX_FILE_SIZE:
        return env._(
            "%(file)s is larger than %(size)s MB. Choose a smaller file.",
            file=name,
            size=MAX_FILE_SIZE // MIB,
        )
    mimetype, others = kind
    if mimetype == TEXT:
        fits = is_text(content)
    else:
        fits = real_type(content) in (mimetype, *others)
    if not fits:
        return env._(
            "%(file)s is damaged, or its content does not match its name. Save it "
            "again, or send a picture of it.",
            file=name,
        )
    return None


def attach(claim, files):
    """Keep files that :func:`check_files` has nothing against.

    :param files: pairs of name and content
    """
    # As they were sent: the small print has to stay readable, and strangers' pictures
    # are not to be unpacked on the server.
    attachments = claim.env["ir.attachment"].with_context(image_no_postprocess=True)
    attachments.create(
        [
            {
                "name": file_name(name),
                "raw": content,
                "mimetype": KINDS[extension(name)][0],
                "res_model": claim._name,
                "res_id": claim.id,
            }
            for name, content in files
        ]
    )


def file_name(name):
    """The name of a file without folders, control characters and excess, the extension
    kept."""
    name = re.split(r"[/\\]", name or "")[-1]
    name = re.sub(
        r"[^\S ]|[\x00-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]", "", name
    )
    name = name.strip(" .") or "file"
    stem, dot, end = name.rpartition(".")
    if not dot:
        return name[:MAX_NAME]
    end = end[:10]
    return f"{stem[: MAX_NAME - len(end) - 1]}.{end}"


def extension(name):
    """What kind of file a name promises."""
    return file_name(name).rpartition(".")[2].lower()


def real_type(content):
    """The type of a file by its content.

    :return: a MIME type, ``None`` for what only pretends to be a document
    """
    if content.startswith(b"PK") and not is_sound_archive(content):
        return None
    return guess_mimetype(content)


def is_sound_archive(content):
    """Whether an Office file may be looked into: what guesses its type unpacks the
    entry ``mimetype`` as a whole, however large it gets."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.filename == "mimetype":
                    if entry.compress_type != zipfile.ZIP_STORED:
                        return False
                    if entry.file_size > 256 or entry.flag_bits & 1:
                        return False
                    archive.read(entry)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError):
        return False
    return True


def is_text(content):
    """Whether a file is plain text, as Windows or anybody else writes it."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1251")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        # Markup is for browsers.
        return not re.search(r"[\x00-\x08\x0e-\x1f]", text) and not (
            text.lstrip().startswith("<")
        )
    return False
