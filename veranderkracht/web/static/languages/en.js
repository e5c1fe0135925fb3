/** What pages say in another language than Dutch: made of browser.po by scripts/catalogues.py. */

export default {};
