// A box that opens at a button and holds inputs. The inputs' own dropdowns lie outside of it; a click there must not close it.
import { useRef } from 'react';
import type { ReactNode } from 'react';
import { Popover, type FloatingPosition } from '@mantine/core';
import { useWindowEvent } from '@mantine/hooks';

interface Props { opened: boolean; onChange: (opened: boolean) => void; target: ReactNode; width: string | number; position: FloatingPosition; className?: string; /** Names the box for screen readers. */ label?: string; children: ReactNode }

export function Popup({ opened, onChange, target, width, position, className, label, children }: Props) {
  const inner = useRef<HTMLDivElement>(null), outer = useRef<HTMLSpanElement>(null);
  useWindowEvent('mousedown', ({ target: at }) => {
    if (!opened || !(at instanceof Element) || inner.current?.contains(at) || outer.current?.contains(at)) return;
    if (!at.closest('[role="listbox"], [role="option"], .mantine-Popover-dropdown')) onChange(false);
  });
  return (
    <Popover opened={opened} onChange={onChange} position={position} shadow="md" trapFocus withRoles={false} closeOnClickOutside={false} width={width} classNames={className ? { dropdown: className } : undefined}>
      <Popover.Target><span className="popup-target" ref={outer}>{target}</span></Popover.Target>
      <Popover.Dropdown p={12} {...(label && { role: 'dialog', 'aria-label': label })}><div ref={inner}>{children}</div></Popover.Dropdown>
    </Popover>
  );
}
