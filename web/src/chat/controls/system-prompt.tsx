import { useId, useRef } from "react";
import { usePreferences } from "../../app/preferences";
import { IconButton } from "../../parts/button";
import { Icon } from "../../parts/icon";
import { Menu } from "../../parts/menu";
import { useTexts } from "../../text/texts";

/** What the server puts the present values in for, each time a message is sent. */
const variables = ["{{USER_NAME}}", "{{USER_LANGUAGE}}", "{{CURRENT_DATE}}", "{{CURRENT_WEEKDAY}}", "{{CURRENT_TIME}}"];

interface SystemPromptProps {
    value: string | undefined;
    onChange: (value: string | undefined) => void;
}

export function SystemPrompt({ value, onChange }: SystemPromptProps) {
    const texts = useTexts().controls;
    const preferences = usePreferences();
    const id = useId();
    const area = useRef<HTMLTextAreaElement>(null);
    const presets = [...texts.builtIn, ...(preferences.presets ?? [])];

    const insert = (variable: string) => {
        const element = area.current;
        const text = value ?? "";
        const from = element?.selectionStart ?? text.length;
        const to = element?.selectionEnd ?? from;
        onChange(text.slice(0, from) + variable + text.slice(to));
        element?.focus();
    };
    return (
        <div className="control">
            <div className="control-head">
                <label htmlFor={id}>{texts.systemPrompt}</label>
                {value !== undefined && (
                    <IconButton
                        icon="again"
                        size={16}
                        label={`${texts.systemPrompt}: ${texts.reset}`}
                        onClick={() => onChange(undefined)}
                    />
                )}
                <Menu
                    label={texts.presets}
                    className="preset-button"
                    align="end"
                    button={<>{texts.presets}<Icon name="down" size={14} /></>}
                    items={[
                        { label: texts.noPreset, isChosen: value === undefined, onChoose: () => onChange(undefined) },
                        ...presets.map(({ name, text }) => ({
                            label: name, isChosen: text === value, onChoose: () => onChange(text),
                        })),
                    ]}
                />
            </div>
            <textarea
                ref={area}
                id={id}
                className="input system-prompt"
                rows={5}
                maxLength={20_000}
                placeholder={texts.systemPromptPlaceholder}
                value={value ?? ""}
                aria-describedby={`${id}-hint`}
                onChange={(event) => onChange(event.target.value === "" ? undefined : event.target.value)}
            />
            <p id={`${id}-hint`} className="field-hint">{texts.systemPromptHint} {texts.variables}</p>
            <div className="variables">
                {variables.map((variable) => (
                    <button
                        key={variable}
                        type="button"
                        className="variable"
                        aria-label={texts.insert(variable)}
                        onClick={() => insert(variable)}
                    >
                        {variable}
                    </button>
                ))}
            </div>
        </div>
    );
}
