//! What can be seen of a page's layout from inside it: words that are too small, what sticks out sideways.

/** The least size of easy-read words, in CSS pixels: 16 pt. */
export const EASY_READ_LEAST = 21.33;

/** Words on the page set smaller than `least` CSS pixels; hidden ones are left out. */
export function smallWords(page, least) {
  return page.evaluate((limit) => {
    const found = new Map();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      const element = node.parentElement;
      const words = node.textContent.trim();
      if (!words || ['SCRIPT', 'STYLE', 'NOSCRIPT', 'TITLE', 'desc'].includes(element.tagName)) continue;
      const box = element.getBoundingClientRect();
      const style = getComputedStyle(element);
      if (box.width <= 1 || box.height <= 1 || style.visibility === 'hidden' || style.display === 'none') continue;
      if (!element.checkVisibility()) continue;
      const size = parseFloat(style.fontSize);
      if (size < limit) found.set(`${size}px <${element.localName} class="${element.className}"> ${words.slice(0, 40)}`, true);
    }
    return [...found.keys()];
  }, least);
}

/** What sticks out to the right, if the page can be scrolled sideways. */
export function sideways(page) {
  return page.evaluate(() => {
    const room = document.documentElement.clientWidth;
    const wide = document.documentElement.scrollWidth;
    if (wide <= room) return '';
    const outside = [...document.querySelectorAll('body *')].filter((element) => element.getBoundingClientRect().right > room + 1);
    return `${wide} px in ${room} px: ${outside.slice(-3).map((element) => element.outerHTML.slice(0, 120)).join(' … ')}`;
  });
}
