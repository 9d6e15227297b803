import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Listening to a talk; its sound comes through our server. */
export class RecordingField extends Component {
    static template = "its_quality.RecordingField";
    static props = { ...standardFieldProps };

    get address() {
        return `/its/recording/${this.props.record.resId}`;
    }
}

registry.category("fields").add("its_recording", {
    component: RecordingField,
    supportedTypes: ["boolean"],
});
