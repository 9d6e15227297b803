import { onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";
import { ListRenderer } from "@web/views/list/list_renderer";
import { listView } from "@web/views/list/list_view";

/**
 * The list of a report. Its footer tells of all the rows that were found, as the pivot
 * does: Odoo's own of those of the page, and of groups the mean of their means.
 */
export class ReportListRenderer extends ListRenderer {
    setup() {
        super.setup();
        this.orm = useService("orm");
        this.footer = useState({ figures: null });
        // What is shown does not wait for it.
        onWillStart(() => void this.loadFooter(this.props.list));
        onWillUpdateProps(({ list }) => void this.loadFooter(list));
    }

    async loadFooter(list) {
        // A search makes a new list; a page or an order of it does not.
        if (list === this.footerOf || list.model.useSampleModel) {
            return;
        }
        this.footerOf = list;
        this.footer.figures = null;
        const columns = this.processAllColumn(this.props.archInfo.columns, list)
            .filter(({ type }) => type === "field")
            .flatMap(({ name, attrs }) =>
                ["sum", "avg"]
                    .filter((kind) => attrs[kind])
                    .map((kind) => [name, `${name}:${kind}`]),
            );
        if (!columns.length) {
            return;
        }
        const [found] = await this.orm.silent.formattedReadGroup(
            list.resModel,
            list.domain,
            [],
            columns.map(([, figure]) => figure),
            { context: list.context },
        );
        if (list === this.footerOf) {
            this.footer.figures = Object.fromEntries(
                columns.map(([name, figure]) => [name, found[figure]]),
            );
        }
    }

    computeAggregates() {
        const aggregates = super.computeAggregates();
        const { list } = this.props;
        if (list.selection.length || list.model.useSampleModel) {
            return aggregates;
        }
        const { figures } = this.footer;
        for (const { name, type, attrs, widget } of this.columns) {
            if (type !== "field" || !(attrs.sum || attrs.avg)) {
                continue;
            }
            delete aggregates[name];
            const figure = figures?.[name];
            if (figure || figure === 0) {
                const field = this.fields[name];
                const formatters = registry.category("formatters");
                const format =
                    formatters.get(widget, false) || formatters.get(field.type);
                aggregates[name] = {
                    help: attrs.sum || attrs.avg,
                    value: format(figure, {
                        digits: attrs.digits ? JSON.parse(attrs.digits) : field.digits,
                        escape: true,
                    }),
                    rawValue: figure,
                };
            }
        }
        return aggregates;
    }
}

registry.category("views").add("its_report_list", {
    ...listView,
    Renderer: ReportListRenderer,
});

/** Days since something that may never have been. */
export class DaysSinceField extends IntegerField {
    get formattedValue() {
        return this.value === false ? _t("never") : super.formattedValue;
    }
}

registry.category("fields").add("its_days_since", {
    ...integerField,
    component: DaysSinceField,
});
