import { useId } from "react";

interface ChoiceProps<Value extends string> {
    label: string;
    value: Value;
    options: readonly { value: Value; label: string; hint?: string }[];
    onChange: (value: Value) => void;
    /** `cards` have room for a hint each. */
    kind?: "segments" | "cards";
    isLabelHidden?: boolean;
}

/** One of a few, all in sight: real radio buttons, so that arrows and screen readers work. */
export function Choice<Value extends string>(props: ChoiceProps<Value>) {
    const { label, value, options, onChange, kind = "segments", isLabelHidden = false } = props;
    const name = useId();
    return (
        <fieldset className={`choice ${kind}`}>
            <legend className={isLabelHidden ? "visually-hidden" : "field-label"}>{label}</legend>
            <div className="choice-options">
                {options.map((option) => (
                    <label key={option.value} className="choice-option">
                        <input
                            type="radio"
                            name={name}
                            value={option.value}
                            checked={option.value === value}
                            onChange={() => onChange(option.value)}
                        />
                        <span>{option.label}</span>
                        {option.hint !== undefined && <small>{option.hint}</small>}
                    </label>
                ))}
            </div>
        </fieldset>
    );
}
