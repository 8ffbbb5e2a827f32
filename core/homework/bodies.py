"""What is sent and told of homework."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Self

from pydantic import Field

from core import clock
from core.files.attachments import files_of
from core.files.bodies import FileIds, FileTold
from core.files.models import File
from core.homework.models import BEST_SCORE, HIGHEST_BEST_SCORE, Homework, HomeworkState
from core.http.bodies import BodyText, Given, Id, Moment, Title, Told

BestScore = Annotated[int, Field(ge=1, le=HIGHEST_BEST_SCORE, strict=True)]


class HomeworkDraft(Given):
    """A homework as its teacher writes it; `max_score` is what it can be graded with at most."""

    title: Title
    body: BodyText = ""
    due_at: Moment
    max_score: BestScore = BEST_SCORE
    files: FileIds = ()


class HomeworkChange(Given):
    """What is to change of a homework; what is left out stays."""

    # Never read: what is not given is not set. A default of None would let null through.
    title: Title = Field(default_factory=str)
    body: BodyText = Field(default_factory=str)
    due_at: Moment = Field(default_factory=clock.now)
    max_score: BestScore = Field(default_factory=int)
    files: FileIds = Field(default_factory=tuple)


class PublicationWanted(Given):
    """When to publish; at once where `at` is null."""

    at: Moment | None = None


class HomeworkTold(Told):
    """A homework."""

    id: Id
    class_id: Id
    class_name: str
    author_id: Id
    title: str
    body: str
    due_at: datetime
    state: HomeworkState
    created_at: datetime
    publish_at: datetime | None
    published_at: datetime | None
    recall_until: datetime | None
    max_score: int
    files: list[FileTold]

    @classmethod
    def of(cls, homework: Homework, files: Iterable[File] | None = None) -> Self:
        """The homework in words; its class should be selected. It asks for `files` if it must."""
        given = files_of(homework.subject) if files is None else files
        return cls(
            id=str(homework.pk),
            class_id=str(homework.school_class_id),
            class_name=homework.school_class.name,
            author_id=str(homework.author_id),
            title=homework.title,
            body=homework.body,
            due_at=homework.due_at,
            state=HomeworkState(homework.state),
            created_at=homework.created_at,
            publish_at=homework.publish_at,
            published_at=homework.published_at,
            recall_until=homework.recall_until,
            max_score=homework.max_score,
            files=[FileTold.of(each) for each in given],
        )
