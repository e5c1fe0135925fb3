"""From a worksheet or scan to what a page shows of it."""

from dataclasses import replace

from markupsafe import Markup

from veranderkracht.modules.markdown import render
from veranderkracht.toolkit.model import AnyField, ChoiceField, NumberField, Scale, ScaleField, ScanTool, Tool
from veranderkracht.web.view import FieldView, OptionView, PartView, ThemeView, ToolView


def tool_view(tool: Tool, top: int) -> ToolView:
    """Give what a learner sees of a tool before anything is filled in.

    Args:
        tool: the worksheet or scan.
        top: the level of the highest heading in its texts.
    """
    if isinstance(tool, ScanTool):
        return ToolView(
            title=tool.title,
            summary=tool.summary,
            how_html=render(tool.how, top),
            themes=tuple(
                ThemeView(
                    theme.id, theme.title, theme.summary, tuple(OptionView(item.id, item.text) for item in theme.items)
                )
                for theme in tool.themes
            ),
            points=_points(tool.scale),
            layers=tuple(OptionView(layer.id, layer.title) for layer in tool.layers),
        )
    parts = tuple(
        PartView(
            id=part.id,
            title=part.title,
            layout=part.layout,
            help_html=render(part.help, top + 1) if part.help else Markup(""),
            fields=tuple(_field(field) for field in part.fields),
            row=part.row or "",
            min_rows=part.min_rows,
            max_rows=part.max_rows,
        )
        for part in tool.parts
    )
    return ToolView(tool.title, tool.summary, render(tool.how, top), parts)


def _field(field: AnyField) -> FieldView:
    view = FieldView(field.id, field.kind, field.label, field.help or "", field.required)
    match field:
        case ChoiceField():
            options = tuple(OptionView(option.id, option.text) for option in field.options)
            return replace(view, options=options, multiple=field.multiple)
        case ScaleField():
            return replace(view, points=_points(field.scale))
        case NumberField():
            return replace(view, unit=field.unit or "", minimum=str(field.minimum), maximum=str(field.maximum))
    return view


def _points(scale: Scale) -> tuple[str, ...]:
    """Give the label of every point; only the two ends have one where the author gave two."""
    if len(scale.labels) == scale.points:
        return scale.labels
    low, high = scale.labels
    return (low, *("" for _ in range(scale.points - 2)), high)
