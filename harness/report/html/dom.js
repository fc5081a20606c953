// Elements. Every text from outside becomes a text node; nothing here reads HTML.
const SVG = 'http://www.w3.org/2000/svg';

function fill(element, attributes, children) {
    for (const [name, value] of Object.entries(attributes || {})) {
        if (name.startsWith('on'))
            element.addEventListener(name.slice(2), value);
        else if (value !== undefined && value !== null && value !== false)
            element.setAttribute(name, value === true ? '' : value);
    }
    element.append(...children.flat(Infinity).filter(child => child !== null && child !== undefined && child !== false));
    return element;
}

export const h = (name, attributes, ...children) => fill(document.createElement(name), attributes, children);
export const s = (name, attributes, ...children) => fill(document.createElementNS(SVG, name), attributes, children);

export function copyButton(text) {
    const button = h('button', {type: 'button', class: 'quiet', onclick: async () => {
        let copied = true;
        await navigator.clipboard.writeText(text).catch(() => { copied = false; });
        button.textContent = copied ? 'copied' : 'select it and copy';
    }}, 'copy');
    return button;
}

// A word as a shell takes it.
export const shellWord = word => /^[\w./:@%+=-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
