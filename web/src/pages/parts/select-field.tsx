import { useId } from "react";

interface SelectFieldProps<Value extends string> {
    label: string;
    value: Value;
    options: readonly { value: Value; label: string }[];
    onChange: (value: Value) => void;
}

/** One of many. */
export function SelectField<Value extends string>({ label, value, options, onChange }: SelectFieldProps<Value>) {
    const id = useId();
    return (
        <div className="field">
            <label htmlFor={id}>{label}</label>
            <select id={id} value={value} onChange={(event) => onChange(event.target.value as Value)}>
                {options.map((option) => <option key={option.value} value={option.value}>{option.label}</option>)}
            </select>
        </div>
    );
}
