"""Status codes of forms, for all views that build on allauth's."""

from django.forms import Form
from django.http import HttpResponse

TOO_OFTEN = {"too_many_login_attempts", "rate_limited"}


class KindStatus:
    """A form that is not right is 422, one sent too often 429: htmx, tests and robots can tell."""

    def form_invalid(self, form: Form) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)  # type: ignore[misc]
        if response.status_code == 200:
            codes = {error.code for errors in form.errors.as_data().values() for error in errors}
            response.status_code = 429 if codes & TOO_OFTEN else 422
            if response.status_code == 429:
                response["Retry-After"] = "60"
        return response
