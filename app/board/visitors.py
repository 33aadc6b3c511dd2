"""What a screen that visitors see is told: how the whole regency stands, no OPD and nobody's name."""

from app.board.schemas import Board


def for_visitors(board: Board) -> Board:
    """Totals without the heads, and the trend."""
    return board.model_copy(
        update={
            "apel": board.apel and board.apel.model_copy(update={"led_by": None}),
            "totals": board.totals and board.totals.model_copy(update={"heads": None}),
            "opd": [],
            "turn": None,
            "evidence_health": None,
            "final": board.final and board.final.model_copy(update={"most_improved": []}),
        }
    )
