import pytest

from lti_tool.web.people import initials


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Ana Álvarez", "AÁ"),
        ("Quiet Heron", "QH"),
        ("Oluwaseun Adébáyọ̀-Thorvaldsen", "OA"),
        ("Ana María de la Cruz", "AC"),
        ("李 小龙", "李小"),
        ("مريم حداد", "مح"),
        ("Cher", "C"),
        ("ßeta", "ß"),
        ("  ", "?"),
        ("(Bo) Đặng", "BĐ"),
    ],
)
def test_initials_fit_names_of_many_kinds(name: str, letters: str) -> None:
    assert initials(name) == letters
