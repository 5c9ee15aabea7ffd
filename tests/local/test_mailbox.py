import smtplib
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from local.mailbox import Mailbox


def a_mail(subject: str = "Faktura 10001") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "moment@example.com", "mottak@example.com", subject
    mail.set_content("Vedlagt.\n")
    mail.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="faktura-10001.pdf")
    return mail


def send(box: Mailbox, mail: EmailMessage, to: tuple[str, ...] = ("mottak@example.com",)) -> None:
    host, port = box.address.split(":")
    with smtplib.SMTP(host, int(port), timeout=5) as smtp:
        smtp.send_message(mail, to_addrs=to)


def test_a_mail_is_kept_whole_and_can_be_opened(tmp_path: Path) -> None:
    with Mailbox(tmp_path / "mail") as box:
        send(box, a_mail())
        (kept,) = box

    opened = message_from_bytes(kept.path.read_bytes(), policy=policy.default)
    (attachment,) = opened.iter_attachments()
    assert (attachment.get_filename(), attachment.get_content()) == ("faktura-10001.pdf", b"%PDF-1.7")


def test_it_lists_who_sent_what_to_whom(tmp_path: Path) -> None:
    with Mailbox(tmp_path) as box:
        send(box, a_mail("Én faktura må sees på"), to=("a@example.com", "b@example.com"))
        (kept,) = box

    assert (kept.sender, kept.to, kept.subject) == (
        "moment@example.com",
        ("a@example.com", "b@example.com"),
        "Én faktura må sees på",
    )


def test_mails_of_an_earlier_time_stay(tmp_path: Path) -> None:
    for _ in range(2):
        with Mailbox(tmp_path) as box:
            send(box, a_mail("Hei"))

    assert sorted(path.name for path in tmp_path.iterdir()) == ["0001-hei.eml", "0002-hei.eml"]


@pytest.mark.parametrize(
    ("subject", "name"),
    [
        pytest.param("Faktura 10001", "0001-faktura-10001.eml", id="plain"),
        pytest.param("../../etc/passwd", "0001-etc-passwd.eml", id="cannot leave the folder"),
        pytest.param("", "0001-mail.eml", id="no subject"),
        pytest.param("x" * 300, f"0001-{'x' * 40}.eml", id="too long for a file name"),
    ],
)
def test_a_file_is_named_after_the_subject(tmp_path: Path, subject: str, name: str) -> None:
    with Mailbox(tmp_path) as box:
        send(box, a_mail(subject))

    assert [path.name for path in tmp_path.iterdir()] == [name]
