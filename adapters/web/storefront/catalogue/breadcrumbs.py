"""The path of categories to a page."""

from ports.catalogue.queries import CategoryView, ProductView


def breadcrumbs_of(
    tree: tuple[CategoryView, ...], page: ProductView | CategoryView
) -> tuple[CategoryView, ...]:
    """The categories from the top level down to the one of ``page``."""
    by_id = {each.id: each for each in tree}
    current = by_id.get(page.category_id if isinstance(page, ProductView) else page.id)
    path: list[CategoryView] = []
    while current is not None:
        path.insert(0, current)
        current = by_id.get(current.parent_id) if current.parent_id else None
    return tuple(path)
