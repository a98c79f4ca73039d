"""How much of an upload is taken in: a photo and no more, and of a flood nothing at all."""

from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

FLOOD = settings.FILE_UPLOAD_MAX_MEMORY_SIZE


class StopLargePhotos(FileUploadHandler):
    """Lets files go by unread once they are larger, all together, than a photo may be.

    The rest of the form still arrives, so the words that came with a photo that is too large are kept;
    `request.too_large` tells the view. A body that no form of ours can have is refused unread.
    """

    taken = 0

    def handle_raw_input(self, input_data: Any, META: Any, content_length: int, *args: Any, **kwargs: Any) -> None:  # noqa: N803
        if content_length > FLOOD:
            raise RequestDataTooBig("This is more than any form here sends.")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self.taken += len(raw_data)
        if self.taken > settings.PHOTO_MAX_BYTES:
            self.request.too_large = True  # type: ignore[union-attr]
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        return None
