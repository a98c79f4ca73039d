from django.contrib.admin.apps import AdminConfig


class OperatorConfig(AdminConfig):
    """Django's admin with our site in it; apart from the site itself, which needs the models."""

    default_site = "kindness_platform.operator_site.OperatorSite"
