import { useId } from "react";

interface SwitchProps {
    label: string;
    hint?: string;
    isOn: boolean;
    onChange: (isOn: boolean) => void;
}

/** On or off, at once. */
export function Switch({ label, hint, isOn, onChange }: SwitchProps) {
    const id = useId();
    return (
        <div className="switch-row">
            <div>
                <label htmlFor={id} className="field-label">{label}</label>
                {hint !== undefined && <p id={`${id}-hint`} className="field-hint">{hint}</p>}
            </div>
            <input
                id={id}
                type="checkbox"
                role="switch"
                className="switch"
                checked={isOn}
                onChange={(event) => onChange(event.target.checked)}
                aria-describedby={hint === undefined ? undefined : `${id}-hint`}
            />
        </div>
    );
}
