import type { ButtonHTMLAttributes, ReactNode } from "react";
import { forwardRef } from "react";
import type { IconName } from "./icon";
import { Icon } from "./icon";

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
    kind?: "primary" | "plain" | "danger";
    isBusy?: boolean;
    children: ReactNode;
}

export function Button({ kind = "plain", isBusy = false, children, disabled, ...rest }: ButtonProps) {
    return (
        <button type="button" className={`button ${kind}`} disabled={disabled || isBusy} aria-busy={isBusy} {...rest}>
            {children}
        </button>
    );
}

interface IconButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
    icon: IconName;
    /** What it does, in words: its name for screen readers and its tip for everybody else. */
    label: string;
    size?: number;
}

export const IconButton = forwardRef<HTMLButtonElement, IconButtonProps>(function IconButton(
    { icon, label, size = 20, className = "", ...rest },
    ref,
) {
    return (
        <button
            ref={ref}
            type="button"
            className={`icon-button ${className}`}
            aria-label={label}
            title={label}
            {...rest}
        >
            <Icon name={icon} size={size} />
        </button>
    );
});
