import type { KeyboardEvent, ReactNode } from "react";
import { useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { createPortal } from "react-dom";
import type { IconName } from "./icon";
import { Icon } from "./icon";

export interface MenuItem {
    label: ReactNode;
    /** What typing finds it by, where the label is no plain text. */
    name?: string;
    icon?: IconName;
    isDangerous?: boolean;
    /** Set where one of several is chosen; then the menu shows a check mark. */
    isChosen?: boolean;
    onChoose: () => void;
}

interface MenuProps {
    /** The button's name; its tip too. */
    label: string;
    button: ReactNode;
    className?: string;
    items: MenuItem[];
    /** Which of the button's edges the menu keeps to. */
    align?: "start" | "end";
    onOpen?: () => void;
}

/** A button with a menu, by the pattern of the ARIA practices: arrows, Home, End, Escape, the first letter. */
export function Menu({ label, button, className = "icon-button", items, align = "start", onOpen }: MenuProps) {
    const [isOpen, setOpen] = useState(false);
    const trigger = useRef<HTMLButtonElement>(null);
    const id = useId();

    const close = (returnFocus: boolean) => {
        setOpen(false);
        if (returnFocus) trigger.current?.focus();
    };
    const open = () => {
        onOpen?.();
        setOpen(true);
    };

    return (
        <>
            <button
                ref={trigger}
                type="button"
                className={className}
                aria-label={label}
                title={label}
                aria-haspopup="menu"
                aria-expanded={isOpen}
                aria-controls={isOpen ? id : undefined}
                onClick={() => (isOpen ? close(true) : open())}
                onKeyDown={(event) => {
                    if (event.key === "ArrowDown" && !isOpen) {
                        event.preventDefault();
                        open();
                    }
                }}
            >
                {button}
            </button>
            {isOpen && trigger.current !== null && (
                <MenuList id={id} label={label} anchor={trigger.current} items={items} align={align} onClose={close} />
            )}
        </>
    );
}

interface MenuListProps {
    id: string;
    label: string;
    anchor: HTMLElement;
    items: MenuItem[];
    align: "start" | "end";
    onClose: (returnFocus: boolean) => void;
}

function MenuList({ id, label, anchor, items, align, onClose }: MenuListProps) {
    const list = useRef<HTMLDivElement>(null);

    useLayoutEffect(() => {
        const element = list.current;
        if (element === null) return;
        place(element, anchor, align);
        const chosen = items.findIndex((item) => item.isChosen);
        (element.children[Math.max(chosen, 0)] as HTMLElement | undefined)?.focus();
    }, []);

    useEffect(() => {
        const leave = (event: Event) => {
            const target = event.target as Node;
            if (!list.current?.contains(target) && !anchor.contains(target)) onClose(false);
        };
        const resize = () => onClose(false);
        document.addEventListener("pointerdown", leave);
        addEventListener("resize", resize);
        return () => {
            document.removeEventListener("pointerdown", leave);
            removeEventListener("resize", resize);
        };
    }, []);

    const move = (event: KeyboardEvent) => {
        const entries = [...(list.current?.children ?? [])] as HTMLElement[];
        const at = entries.indexOf(document.activeElement as HTMLElement);
        const go = (index: number) => {
            event.preventDefault();
            entries[(index + entries.length) % entries.length]?.focus();
        };
        if (event.key === "ArrowDown") go(at + 1);
        else if (event.key === "ArrowUp") go(at - 1);
        else if (event.key === "Home") go(0);
        else if (event.key === "End") go(entries.length - 1);
        else if (event.key === "Tab") onClose(true);
        else if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            onClose(true);
        } else if (event.key.length === 1 && event.key !== " ") {
            const letter = event.key.toLowerCase();
            const next = entries.findIndex((entry, index) => {
                return index > at && (entry.dataset["name"] ?? "").toLowerCase().startsWith(letter);
            });
            if (next >= 0) go(next);
        }
    };

    // A modal dialog makes everything outside inert, so a menu of a dialog has to stand inside it.
    const host = anchor.closest("dialog") ?? document.body;
    return createPortal(
        <div id={id} ref={list} className="menu" role="menu" aria-label={label} onKeyDown={move}>
            {items.map((item, index) => (
                <button
                    key={index}
                    type="button"
                    className={item.isDangerous ? "menu-item danger" : "menu-item"}
                    role={item.isChosen === undefined ? "menuitem" : "menuitemradio"}
                    aria-checked={item.isChosen}
                    tabIndex={-1}
                    data-name={item.name ?? (typeof item.label === "string" ? item.label : "")}
                    onClick={() => {
                        onClose(true);
                        item.onChoose();
                    }}
                >
                    {item.icon !== undefined && <Icon name={item.icon} size={18} />}
                    <span className="menu-label">{item.label}</span>
                    {item.isChosen && <Icon name="check" size={16} />}
                </button>
            ))}
        </div>,
        host,
    );
}

/** Below the button where there is room, else above it; never outside the window. */
function place(element: HTMLElement, anchor: HTMLElement, align: "start" | "end") {
    const gap = 6;
    const edge = 8;
    const box = anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = element;
    const wanted = align === "start" ? box.left : box.right - width;
    const left = Math.max(edge, Math.min(wanted, innerWidth - width - edge));
    const below = box.bottom + gap;
    const top = below + height + edge <= innerHeight ? below : Math.max(edge, box.top - gap - height);
    element.style.left = `${left}px`;
    element.style.top = `${top}px`;
}
